import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { FetchedJob, Outcome } from "../../../../src/adapters/adapter.ts";
import { RedisAdapter } from "../../../../src/adapters/redis/redis-adapter.ts";
import { silentLogger } from "../../../../src/support/logger.ts";
import { clock } from "../../../../src/support/clock.ts";
import { RedisServer } from "../../../support/redis-server.ts";
import { missing } from "../../../support/requires.ts";
import { TestLease } from "../../../../src/adapter-contract/test-lease.ts";

describe.skipIf(missing("redis"))("Sidekiq's metrics", () => {
  let server: RedisServer;
  let redis: Redis;
  const systemNow = clock.now;

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = new Redis(server.url);
  });

  afterAll(async () => {
    redis.disconnect();
    await server.dispose();
  });

  it("are counted as Sidekiq 8 does, by minute and by ten minutes", async () => {
    await redis.flushall();
    await runAll({ at: "2026-11-02T09:07:30Z", sidekiqMetrics: 8 });

    const counts = {
      "Greet|p": "3",
      "Greet|f": "1",
      "Greet|ms": "85",
      "Plain|p": "1",
      "Plain|ms": "400000",
      "Rubys|p": "1",
      "Rubys|ms": "1",
    };
    expect(await redis.hgetall("j|261102|9:07")).toEqual(counts);
    expect(await redis.hgetall("j|261102|9:0")).toEqual(counts);
    expect(await counters("h|Greet-2-9:7")).toEqual([1, 0, 0, 0, 1]);
    expect(await counters("h|Plain-2-9:7")).toEqual([...Array<number>(25).fill(0), 1]);
    expect(await redis.ttl("j|261102|9:07")).toBeGreaterThan(28_700);
    expect(await redis.ttl("j|261102|9:0")).toBeGreaterThan(259_100);
    expect(await redis.ttl("h|Greet-2-9:7")).toBeGreaterThan(28_700);
  });

  it("are counted as Sidekiq 7 does", async () => {
    await redis.flushall();
    await runAll({ at: "2026-11-02T09:07:30Z", sidekiqMetrics: 7 });

    expect(await redis.hget("j|20261102|9:7", "Greet|p")).toBe("3");
    expect(await counters("Greet-02-09:7")).toEqual([1, 0, 0, 0, 1]);
    expect(await redis.keys("[jh]|*")).toHaveLength(1);
  });

  it("are not counted where nobody wants them", async () => {
    await redis.flushall();
    await runAll({ at: "2026-11-02T09:07:30Z", sidekiqMetrics: false });

    expect(await redis.keys("[jh]|*")).toEqual([]);
  });

  /** Runs five jobs, beats, and ends. */
  async function runAll(options: { at: string; sidekiqMetrics: 7 | 8 | false }): Promise<void> {
    const { at, sidekiqMetrics } = options;
    const adapter = new RedisAdapter({
      url: server.url,
      leaseThread: false,
      sidekiqMetrics,
      logger: silentLogger,
    });
    clock.now = () => Date.parse(at) / 1000;
    onTestFinished(() => {
      clock.now = systemNow;
      return adapter.close();
    });
    await redis.sadd("queues", "default");
    const payloads = [
      '{"class":"MandateJob","args":["Greet","you"],"queue":"default","jid":"1"}',
      '{"class":"MandateJob","args":["Greet","me"],"queue":"default","jid":"2"}',
      '{"class":"MandateJob","args":["Greet"],"queue":"default","jid":"3"}',
      '{"class":"Plain","args":[],"queue":"default","jid":"4"}',
      '{"retry":true,"queue":"default","wrapped":"Rubys","args":[{}],"class":"Wrapper","jid":"5"}',
      '{"class":"Held","args":[],"queue":"default","jid":"6"}',
    ];
    await redis.lpush("queue:default", ...payloads);
    const lease = await TestLease.open(adapter, { identity: "host:1:aaaaaaaaaaaa", ttl: 60 });
    const jobs = await lease.fetch(10);
    await lease.settle(...jobs.map(ended));
    await lease.renew();
    await lease.close();
  }

  async function counters(key: string): Promise<number[]> {
    const bytes = (await redis.getBuffer(key)) ?? Buffer.alloc(0);
    return Array.from({ length: bytes.length / 2 }, (_, at) => bytes.readUInt16BE(at * 2));
  }
});

const seconds = [0.015, 0.07, 3, 400, 0.001, 1];

function ended(job: FetchedJob, at: number): Outcome {
  const base = { job, jid: String(at + 1), seconds: seconds[at] ?? 0 };
  if (at === 2) {
    return { ...base, kind: "done", failed: true };
  }
  return at === 5 ? { ...base, kind: "release" } : { ...base, kind: "done" };
}
