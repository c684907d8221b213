import { randomBytes } from "node:crypto";
import { onTestFinished } from "vitest";
import { Command } from "../../../src/command/command.ts";
import { RedisAdapter } from "../../../src/adapters/redis/redis-adapter.ts";
import { registerCommands } from "../../../src/job/declare/registry.ts";
import { Worker } from "../../../src/worker/worker.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { TcpProxy } from "../../support/tcp-proxy.ts";
import { Log } from "../../worker/log.ts";

type Listener = (name: string) => void;
const listeners = new Set<Listener>();

/** Says that it ran, and does nothing. */
class Say extends Command.initializeWith((name: string) => ({ name })) {
  async call(): Promise<void> {
    listeners.forEach((listen) => listen(this.name));
  }
}

export interface ChaosOptions {
  /** Of redis-server's command line. */
  readonly server?: readonly string[];
  /** Seconds. */
  readonly leaseTtl?: number;
  readonly concurrency?: number;
  /** Milliseconds for which the worker waits for an answer. */
  readonly commandTimeout?: number;
  /** Seconds for which whoever enqueues waits: a disk that is busy may keep Redis for longer than 5. */
  readonly enqueueTimeout?: number;
  /** Of Redis, before the worker starts. */
  readonly maxmemory?: string;
  /** Takes rights from everybody, before the worker starts. */
  readonly acl?: readonly string[];
}

/** A server, a worker that reaches it by a line that can be disturbed, and somebody who enqueues directly. */
export class Chaos {
  readonly server: RedisServer;
  readonly proxy: TcpProxy;
  readonly log = new Log();
  readonly adapter: RedisAdapter;
  readonly producer: RedisAdapter;
  readonly worker: Worker;
  /** Name of a job → how often it ran. */
  readonly runs = new Map<string, number>();
  readonly #enqueueTimeout: number | undefined;
  #names = 0;
  /** A straggler of another test is not taken for one of this. */
  readonly #name = randomBytes(3).toString("hex");

  static async start(options: ChaosOptions = {}): Promise<Chaos> {
    registerCommands(Say);
    const server = await RedisServer.start(options.server);
    const chaos = new Chaos(server, await TcpProxy.start(server.port), options);
    onTestFinished(() => chaos.dispose());
    if (options.maxmemory !== undefined) {
      await chaos.redis("CONFIG", "SET", "maxmemory", options.maxmemory);
    }
    if (options.acl !== undefined) {
      await chaos.redis("ACL", "SETUSER", "default", ...options.acl);
    }
    await chaos.worker.start();
    return chaos;
  }

  constructor(server: RedisServer, proxy: TcpProxy, options: ChaosOptions) {
    const { leaseTtl = 60, concurrency = 5, commandTimeout, enqueueTimeout } = options;
    this.#enqueueTimeout = enqueueTimeout;
    this.server = server;
    this.proxy = proxy;
    const redis = commandTimeout === undefined ? {} : { commandTimeout };
    this.adapter = new RedisAdapter({ url: proxy.url, redis, logger: this.log });
    this.producer = new RedisAdapter({ url: server.url, logger: this.log });
    this.worker = new Worker({
      adapter: this.adapter,
      logger: this.log,
      concurrency,
      leaseTtl,
      shutdownTimeout: 1,
    });
    listeners.add(this.#heard);
  }

  /** Enqueues so many, and resolves to their names once they are accepted. */
  async enqueue(count: number, adapter: RedisAdapter = this.producer): Promise<string[]> {
    const names = Array.from({ length: count }, () => `job ${this.#name} ${(this.#names += 1)}`);
    await adapter.enqueue(names.map(entry), this.#enqueueTimeout);
    return names;
  }

  /** Resolves when all of these have run; a test that waits in vain runs out of its time. */
  async ran(names: readonly string[]): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (names.every((name) => this.runs.has(name))) {
          listeners.delete(look);
          resolve();
        }
      };
      listeners.add(look);
      look();
    });
  }

  /** A job that is enqueued now is run. */
  async works(): Promise<void> {
    await this.ran(await this.enqueue(1));
  }

  /** Sends a command as an operator would, on a connection of its own. */
  async redis(name: string, ...args: readonly (string | number)[]): Promise<unknown> {
    const { Redis } = await import("ioredis");
    const client = new Redis(this.server.port, { maxRetriesPerRequest: 0 });
    client.on("error", () => undefined);
    try {
      return await client.call(name, ...args);
    } finally {
      client.disconnect();
    }
  }

  /** Stops the worker; what is in Redis then, but for counters and what expires. */
  async leftovers(): Promise<string[]> {
    await this.worker.stop();
    const keys = (await this.redis("KEYS", "*")) as string[];
    return keys
      .filter((key) => !/^(stat:|[jh]\||mandate:(sender:|(ends|over)$))/.test(key))
      .toSorted();
  }

  async dispose(): Promise<void> {
    listeners.delete(this.#heard);
    this.server.resume();
    this.proxy.mend();
    await this.worker.stop();
    await Promise.all([this.adapter.close(), this.producer.close()]);
    await this.proxy.close();
    await this.server.dispose();
  }

  readonly #heard: Listener = (name) => {
    this.runs.set(name, (this.runs.get(name) ?? 0) + 1);
  };
}

function entry(name: string): { jid: string; queue: string; payload: string } {
  const jid = randomBytes(12).toString("hex");
  const record = { class: "MandateJob", args: ["Say", name], queue: "default", jid, retry: true };
  return { jid, queue: "default", payload: JSON.stringify({ ...record, created_at: 1e9 }) };
}
