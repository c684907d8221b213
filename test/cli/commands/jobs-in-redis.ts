import { deflateSync } from "node:zlib";
import type { Lease } from "../../../src/adapters/adapter.ts";
import { RedisAdapter } from "../../../src/adapters/redis/redis-adapter.ts";
import { silentLogger } from "../../../src/support/logger.ts";
import { RedisServer } from "../../support/redis-server.ts";

/** Far from now, so that nobody moves it. */
const LATER = 3_600;

/** What a test's job is. */
export interface JobFields {
  readonly command?: string;
  readonly args?: readonly unknown[];
  readonly queue?: string;
  readonly error?: string;
  readonly message?: string;
  readonly backtrace?: readonly string[];
  /** Seconds ago. */
  readonly failed?: number;
  readonly created?: number;
  readonly tags?: readonly string[];
  readonly context?: object;
}

type Where = "queue" | "scheduled" | "retry" | "dead" | "finished" | "running";

/** A Redis of its own, and jobs in all places of it. */
export class JobsInRedis {
  readonly server: RedisServer;
  readonly adapter: RedisAdapter;
  #jobs = 0;
  #leases = 0;

  static async start(): Promise<JobsInRedis> {
    return new JobsInRedis(await RedisServer.start());
  }

  constructor(server: RedisServer) {
    this.server = server;
    this.adapter = new RedisAdapter({
      url: server.url,
      leaseThread: false,
      logger: silentLogger,
    });
  }

  async dispose(): Promise<void> {
    await this.adapter.close();
    await this.server.dispose();
  }

  /** For the command line. */
  get url(): readonly string[] {
    return ["--redis-url", this.server.url];
  }

  /** Brings jobs to a place. @returns their jids. */
  async add(where: Where, count: number, fields: JobFields = {}): Promise<string[]> {
    const { queue = "default" } = fields;
    const entries = Array.from({ length: count }, () => {
      this.#jobs += 1;
      const jid = this.#jobs.toString(16).padStart(24, "0");
      return { jid, queue, payload: payloadOf(jid, fields) };
    });
    const passing = where === "queue" || where === "scheduled" ? queue : `passing-${where}`;
    const at = where === "scheduled" ? { at: Date.now() / 1000 + LATER } : {};
    await this.adapter.enqueue(entries.map((entry) => ({ ...entry, queue: passing, ...at })));
    if (where !== "queue" && where !== "scheduled") {
      await this.#work(where, entries, passing);
    }
    return entries.map(({ jid }) => jid);
  }

  async lease(ttl = 3_600, { overdue = 0 } = {}): Promise<Lease> {
    this.#leases += 1;
    return this.adapter.lease({
      identity: `host:${this.#leases}:abc`,
      ttl,
      info: {
        hostname: "host",
        pid: 1,
        tag: "shop",
        startedAt: Date.now() / 1000 - 100.5,
        concurrency: 5,
        queues: [["default", 0]],
      },
      state: () => ({ quiet: false, busy: 1, overdue }),
      onWork: () => undefined,
      onDue: () => undefined,
    });
  }

  async #work(
    where: Exclude<Where, "queue" | "scheduled">,
    entries: readonly { readonly jid: string; readonly queue: string; readonly payload: string }[],
    passing: string,
  ): Promise<void> {
    const lease = await this.lease();
    const { jobs } = await lease.exchange([], { queues: [passing], limit: entries.length });
    if (where !== "running") {
      const at = Date.now() / 1000 + LATER;
      await lease.exchange(
        jobs.map((job, index) => {
          const { jid, payload, queue } = entries[index]!;
          if (where === "finished") {
            const finished = { payload, group: "Send", count: 1_000, seconds: LATER };
            return { job, jid, kind: "done", finished };
          }
          return where === "retry"
            ? { job, jid, kind: "retry", payload, queue, at }
            : { job, jid, kind: "dead", payload };
        }),
      );
      await lease.close();
    }
    await this.adapter.store.clear({ queue: passing });
  }
}

function payloadOf(jid: string, fields: JobFields): string {
  const { command = "Send", args = [], queue = "default", error, message, failed = 60 } = fields;
  const { backtrace, tags, context: cattr, created = 120 } = fields;
  const now = Date.now() / 1000;
  return JSON.stringify({
    class: "MandateJob",
    args: [command, ...args],
    queue,
    jid,
    created_at: now - created + 0.0005,
    tags,
    cattr,
    ...(error === undefined
      ? {}
      : {
          error_class: error,
          error_message: message ?? "",
          failed_at: now - failed + 0.0005,
          retry_count: 0,
        }),
    ...(backtrace && {
      error_backtrace: deflateSync(JSON.stringify(backtrace)).toString("base64"),
    }),
  });
}
