import { MemoryAdapter } from "mandate";
import { onTestFinished } from "vitest";
import type { Capabilities, Lease, Outcome } from "../../src/adapters/adapter.ts";
import type { JobRecord } from "../../src/adapters/job-record.ts";
import type { Place, StoredJob } from "../../src/adapters/job-store.ts";
import type { DeathHandler, ErrorHandler } from "../../src/job/settings/run-environment.ts";
import { runJob } from "../../src/job/run/run.ts";
import { settings } from "../../src/job/settings/settings.ts";
import { clock } from "../../src/support/clock.ts";
import { Log } from "../worker/log.ts";

/** Memory that is taken for a store which other processes share. */
export class LastingAdapter extends MemoryAdapter {
  override readonly capabilities: Capabilities = {
    persistent: true,
    priorities: true,
    holds: false,
    documents: true,
  };
}

/** A memory adapter, a log and a clock that is set by hand, in place of what an application configures. */
export class Rig {
  readonly adapter: MemoryAdapter;
  readonly log: Log = new Log();
  readonly errorHandlers: ErrorHandler[] = [];
  readonly deathHandlers: DeathHandler[] = [];
  onUnknownJob: "retry" | "leave" = "retry";
  /** Of its worker, epoch seconds. */
  startedAt = 0;
  readonly shutdown: AbortController = new AbortController();
  /** Epoch seconds. */
  now = 1_800_000_000.25;
  #lease: Lease | undefined;

  constructor(adapter?: MemoryAdapter) {
    const systemNow = clock.now;
    clock.now = () => this.now;
    this.adapter = adapter ?? new MemoryAdapter({ logger: this.log });
    Object.assign(settings(), {
      adapter: this.adapter,
      logger: this.log,
      defaultQueue: "default",
      retry: 25,
      wireFormat: undefined,
      enqueueMiddleware: [],
      performMiddleware: [],
      contextAttributes: [],
      logArguments: true,
      // Each test declares classes of its own, by names that others use too.
      reloading: true,
    });
    onTestFinished(async () => {
      clock.now = systemNow;
      await this.#lease?.close();
      await this.adapter.close();
    });
  }

  elapse(seconds: number): void {
    this.now += seconds;
  }

  /** Puts a payload into a queue that `defer` would never write. */
  async put(payload: string, { jid = "poison", queue = "default" } = {}): Promise<void> {
    await this.adapter.enqueue([{ jid, queue, payload }]);
  }

  /** Runs the next job that is due. @returns how that ended; its settling waits for the next exchange. */
  async run(): Promise<Outcome> {
    const lease = await this.#open();
    await this.#move();
    const { jobs } = await lease.exchange([], { queues: undefined, limit: 1 });
    const [job] = jobs;
    if (job === undefined) {
      throw new Error("Expected a job to be due, found none");
    }
    const outcome = await runJob(job, {
      adapter: this.adapter,
      logger: this.log,
      signal: this.shutdown.signal,
      errorHandlers: this.errorHandlers,
      deathHandlers: this.deathHandlers,
      onUnknownJob: this.onUnknownJob,
      startedAt: this.startedAt,
    });
    await lease.exchange([outcome]);
    await this.#move();
    return outcome;
  }

  /** Runs all that is due, one after the other. @returns how each ended. */
  async work(): Promise<Outcome["kind"][]> {
    const kinds: Outcome["kind"][] = [];
    await this.#move();
    while ((await this.waiting()) > 0) {
      kinds.push((await this.run()).kind);
      if (kinds.length === 1_000) {
        throw new Error("Expected the work to end, found no end of it after 1,000 jobs");
      }
    }
    return kinds;
  }

  /** How many jobs are in queues. */
  async waiting(): Promise<number> {
    const { store } = this.adapter;
    const sizes = (await store.queueNames()).map((queue) => store.size({ queue }));
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }

  async stored(place: Place): Promise<readonly StoredJob[]> {
    return (await this.adapter.store.page(place, undefined, 1_000)).jobs;
  }

  async records(place: Place): Promise<JobRecord[]> {
    return (await this.stored(place)).map(({ payload }) => JSON.parse(payload) as JobRecord);
  }

  /** The only job of a place. */
  async only(place: Place): Promise<JobRecord & { readonly dueIn: number }> {
    const [job, ...others] = await this.stored(place);
    if (job === undefined || others.length > 0) {
      const found = job === undefined ? 0 : 1 + others.length;
      throw new Error(`Expected one job in ${JSON.stringify(place)}, found ${found}`);
    }
    return { ...(JSON.parse(job.payload) as JobRecord), dueIn: (job.at ?? NaN) - this.now };
  }

  async #open(): Promise<Lease> {
    return (this.#lease ??= await this.adapter.lease({
      identity: "rig:1:000000000000",
      ttl: Infinity,
      info: {
        hostname: "rig",
        pid: 1,
        tag: "",
        startedAt: this.now,
        concurrency: 1,
        queues: [["*", 1]],
      },
      state: () => ({ quiet: false, busy: 0 }),
      onWork: () => {},
      onDue: () => {},
    }));
  }

  async #move(): Promise<void> {
    await this.adapter.promoteDue();
    while ((await this.adapter.releaseBlocked()) > 0);
  }
}

export const RETRY: Place = { set: "retry" };
export const DEAD: Place = { set: "dead" };
export const SCHEDULED: Place = { set: "scheduled" };
export const BLOCKED: Place = { set: "blocked" };

export function queue(name = "default"): Place {
  return { queue: name };
}
