import { Redis } from "ioredis";
import { onTestFinished } from "vitest";
import { RedisAdapter } from "../../../src/adapters/redis/redis-adapter.ts";
import type { RedisOptions } from "../../../src/adapters/redis/redis-options.ts";
import { silentLogger } from "../../../src/support/logger.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { jid, payloadOf, type done } from "../../../src/adapter-contract/jobs.ts";
import { TestLease } from "../../../src/adapter-contract/test-lease.ts";

let sides = 0;

/** A fresh store that this library and Ruby share, and what Ruby does to it: written with bare commands. */
export class RubySide {
  /** Seconds; a clock that has to be waited for gets short ones. */
  readonly heartbeat = RedisServer.canSetClock ? 10 : 0.15;
  readonly adapter: RedisAdapter;
  readonly redis: Redis;
  readonly #server: RedisServer;
  readonly #options: RedisOptions;

  constructor(server: RedisServer) {
    sides += 1;
    const keyPrefix = `shared${sides}:`;
    this.#server = server;
    this.#options = {
      url: server.url,
      keyPrefix,
      leaseThread: false,
      sidekiqHeartbeat: this.heartbeat,
      logger: silentLogger,
    };
    this.adapter = this.connect();
    this.redis = new Redis(server.url, { keyPrefix });
    onTestFinished(() => this.redis.disconnect());
  }

  connect(options: RedisOptions = {}): RedisAdapter {
    const adapter = new RedisAdapter({ ...this.#options, ...options });
    onTestFinished(() => adapter.close());
    return adapter;
  }

  /** Lets a heartbeat pass, and sweeps, so many times. @returns how many jobs turned out to be over, each time. */
  async beats(count: number): Promise<number[]> {
    const over: number[] = [];
    for (let beat = 0; beat < count; beat += 1) {
      await this.#server.elapse(this.heartbeat * 1.01);
      over.push(await this.adapter.sweep());
    }
    return over;
  }

  /** What this library defers behind others. */
  async enqueue(name: string, ...prereqs: readonly string[]): Promise<void> {
    await this.adapter.enqueue([
      { jid: jid(name), queue: "default", payload: payloadOf(name), prereqs: prereqs.map(jid) },
    ]);
  }

  /** One that is buried with what it waits for. */
  async enqueueToBury(name: string, prereq: string): Promise<void> {
    const entry = { jid: jid(name), queue: "default", payload: payloadOf(name) };
    await this.adapter.enqueue([{ ...entry, prereqs: [jid(prereq)], prereqFailure: "bury" }]);
  }

  async push(name: string, queue = "ruby"): Promise<void> {
    await this.redis.sadd("queues", queue);
    await this.redis.lpush(`queue:${queue}`, payloadOf(name, queue));
  }

  /** A Sidekiq process tells that it lives, and what it runs. */
  async process(...payloads: readonly string[]): Promise<void> {
    await this.redis.sadd("processes", "ruby:1:aaaaaaaaaaaa");
    await this.redis.hset("ruby:1:aaaaaaaaaaaa", "info", "{}", "busy", payloads.length);
    await this.redis.del("ruby:1:aaaaaaaaaaaa:work");
    for (const [thread, payload] of payloads.entries()) {
      const entry = JSON.stringify({ queue: "ruby", payload, run_at: 1_700_000_000 });
      await this.redis.hset("ruby:1:aaaaaaaaaaaa:work", String(thread), entry);
    }
  }

  /** Runs the first job of a queue as a worker of this library. */
  async run(outcome: typeof done, queue = "default"): Promise<void> {
    const lease = await this.lease();
    await lease.settle(outcome(await lease.fetchOne(queue)));
    await lease.close();
  }

  async lease(adapter: RedisAdapter = this.adapter): Promise<TestLease> {
    const identity = `host:1:${Math.random().toString(16).slice(2).padStart(12, "0")}`;
    const lease = await TestLease.open(adapter, { identity, ttl: 1_000 });
    onTestFinished(() => lease.close());
    return lease;
  }

  /** Hands on what is free, and tells a job's status then. */
  async status(name: string): Promise<string> {
    while ((await this.adapter.releaseBlocked()) > 0);
    return this.adapter.status(jid(name));
  }
}
