import { Redis } from "ioredis";
import { onTestFinished, vi } from "vitest";
import { configure, silentLogger } from "mandate";
import { RedisAdapter, type RedisOptions } from "mandate/redis";
import { Worker, type WorkerOptions } from "mandate/worker";
import { parseNumbers, plainNumber } from "../../src/support/lossless-json.ts";
import { RedisServer } from "../support/redis-server.ts";
import { Ruby } from "../support/ruby.ts";
import { missing } from "../support/requires.ts";

/** Whether Ruby, or Redis, is not there. Said once for each file. */
export const cannotRun: boolean = missing("redis") || missing("ruby");

// Ruby's scheduler takes five seconds to its first look, and programs start slowly on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

/** What a job says of its run, Ruby's or ours. */
export interface Result {
  readonly jid: string;
  readonly args: unknown;
  readonly kwargs?: unknown;
  readonly worker?: string;
  readonly command?: string;
  readonly job?: string;
  /** Its `Current`, where it has one. */
  readonly current?: unknown;
  readonly by?: "typescript";
}

/** One Redis, with Ruby on one side and this library on the other. */
export class BesideRuby {
  readonly server: RedisServer;
  readonly redis: Redis;
  readonly ruby: Ruby;
  readonly adapter: RedisAdapter;
  readonly #waiting: Redis;
  readonly #workers: Worker[] = [];

  /** @param environment For the Ruby programs. */
  static async start(
    environment: Readonly<Record<string, string>> = {},
    options: RedisOptions = {},
  ): Promise<BesideRuby> {
    const beside = new BesideRuby(await RedisServer.start(), environment, options);
    onTestFinished(() => beside.dispose());
    configure({ adapter: beside.adapter, appName: "interop" });
    return beside;
  }

  private constructor(
    server: RedisServer,
    environment: Readonly<Record<string, string>>,
    options: RedisOptions,
  ) {
    this.server = server;
    this.redis = new Redis(server.url);
    this.#waiting = new Redis(server.url);
    this.ruby = new Ruby(server.url, environment);
    this.adapter = new RedisAdapter({ url: server.url, logger: silentLogger, ...options });
  }

  /** Starts one of our workers, in this process. */
  async worker(options: WorkerOptions = {}): Promise<Worker> {
    const worker = new Worker({
      adapter: this.adapter,
      logger: silentLogger,
      shutdownTimeout: 0,
      ...options,
    });
    this.#workers.push(worker);
    await worker.start();
    return worker;
  }

  /** Works with one of ours until the queues are empty. */
  async workOff(...queues: readonly string[]): Promise<void> {
    const worker = await this.worker({ queues });
    await this.until(async () => {
      const sizes = await Promise.all(queues.map((queue) => this.redis.llen(`queue:${queue}`)));
      const isEmpty = sizes.every((size) => size === 0);
      return isEmpty && (await this.adapter.store.running()).length === 0;
    });
    await worker.stop();
  }

  /** All results so far. */
  async results(): Promise<Result[]> {
    const lines = await this.redis.lrange("interop:results", 0, -1);
    return lines.map((line) => parseNumbers(line, plainNumber) as Result);
  }

  /** The result of one job. */
  async resultOf(jid: string | undefined): Promise<Result | undefined> {
    return (await this.results()).find((result) => result.jid === jid);
  }

  /** Looks again until it is so; between two looks it waits in Redis, for a list that nobody fills. */
  async until(isSo: () => Promise<boolean>): Promise<void> {
    while (!(await isSo())) {
      await this.#waiting.blpop("interop:nothing", 0.02);
    }
  }

  /** Where Redis has a job: a key of Sidekiq's, or "running" in one of our workers. */
  async placeOf(jid: string): Promise<string | undefined> {
    const queues = (await this.redis.smembers("queues")).map((name) => `queue:${name}`);
    for (const key of [...queues, "schedule", "retry", "dead"]) {
      const isList = key.startsWith("queue:");
      const payloads = await (isList
        ? this.redis.lrange(key, 0, -1)
        : this.redis.zrange(key, "0", "-1"));
      if (payloads.some((payload) => payload.includes(jid))) {
        return key;
      }
    }
    const running = await this.adapter.store.running();
    return running.some(({ payload }) => payload.includes(jid)) ? "running" : undefined;
  }

  /** Resolves once the job is there. */
  untilIn(place: string, jid: string): Promise<void> {
    return this.until(async () => (await this.placeOf(jid)) === place);
  }

  /** Makes what waits in a set due now, as time does. */
  async makeDue(set: "schedule" | "retry"): Promise<void> {
    for (const payload of await this.redis.zrange(set, "0", "-1")) {
      await this.redis.zadd(set, "XX", 1, payload);
    }
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.stop()));
    await this.ruby.dispose();
    await this.adapter.close();
    this.redis.disconnect();
    this.#waiting.disconnect();
    await this.server.dispose();
  }
}

/** Everything that Ruby could not read: where it is, and why. */
export function errorsIn(report: unknown, path = "report"): string[] {
  if (typeof report !== "object" || report === null) {
    return [];
  }
  const { error } = report as { error?: unknown };
  const own = typeof error === "string" ? [`${path}: ${error}`] : [];
  return own.concat(
    Object.entries(report).flatMap(([key, value]) => errorsIn(value, `${path}.${key}`)),
  );
}
