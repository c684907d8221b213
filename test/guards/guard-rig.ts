import { MemoryAdapter } from "mandate";
import { afterAll, beforeAll, describe, onTestFinished } from "vitest";
import type { Adapter, FetchedJob, Lease, Outcome } from "../../src/adapters/adapter.ts";
import type { JobRecord } from "../../src/adapters/job-record.ts";
import type { Place } from "../../src/adapters/job-store.ts";
import { runJob } from "../../src/job/run/run.ts";
import { settings } from "../../src/job/settings/settings.ts";
import { clock } from "../../src/support/clock.ts";
import { silentLogger } from "../../src/support/logger.ts";
import { redisStore, startRedis } from "../adapters/redis/redis-store.ts";
import type { RedisServer } from "../support/redis-server.ts";
import { missing } from "../support/requires.ts";

/** A fresh store, and how time passes there. */
interface Store {
  readonly adapter: Adapter;
  elapse(seconds: number): Promise<void>;
}

/** Defines the same tests for jobs in memory and on Redis. */
export function onEachEngine(define: (open: () => Promise<GuardRig>) => void): void {
  describe("in memory", () => {
    define(async () => new GuardRig(inMemory()));
  });

  describe.skipIf(missing("redis"))("on Redis", () => {
    let server: RedisServer;

    beforeAll(async () => {
      server = await startRedis();
    });
    afterAll(() => server?.dispose());

    define(async () => {
      const store = await redisStore({
        url: server.url,
        tick: 0,
        elapse: (by) => server.elapse(by),
      });
      onTestFinished(() => store.dispose());
      return new GuardRig(store);
    });
  });
}

function inMemory(): Store {
  const systemNow = clock.now;
  let ahead = 0;
  clock.now = () => systemNow() + ahead;
  const adapter = new MemoryAdapter({ logger: silentLogger });
  onTestFinished(async () => {
    clock.now = systemNow;
    await adapter.close();
  });
  return {
    adapter,
    async elapse(seconds) {
      ahead += seconds;
    },
  };
}

/** An application's process, and a worker that runs one job after the other. */
export class GuardRig {
  readonly adapter: Adapter;
  readonly elapse: Store["elapse"];
  #workers = 0;

  constructor({ adapter, elapse }: Store) {
    this.adapter = adapter;
    this.elapse = elapse;
    Object.assign(settings(), {
      adapter,
      logger: silentLogger,
      defaultQueue: "default",
      retry: 25,
      wireFormat: undefined,
      enqueueMiddleware: [],
      performMiddleware: [],
      contextAttributes: [],
      // Each test declares classes of its own, by names that others use too.
      reloading: true,
    });
  }

  /** A worker's right to run jobs; it is closed when the test has ended. */
  async lease(ttl = Infinity): Promise<Lease> {
    this.#workers += 1;
    const identity = `rig:${this.#workers}:000000000000`;
    const lease = await this.adapter.lease({
      identity,
      ttl,
      info: {
        hostname: "rig",
        pid: this.#workers,
        tag: "",
        startedAt: await this.adapter.store.now(),
        concurrency: 1,
        queues: [["*", 1]],
      },
      state: () => ({ quiet: false, busy: 0 }),
      onWork: () => {},
      onDue: () => {},
    });
    onTestFinished(() => lease.close().catch(() => undefined));
    return lease;
  }

  /** The next job that is due; `undefined` if there is none. */
  async fetch(lease: Lease): Promise<FetchedJob | undefined> {
    await this.adapter.promoteDue();
    while ((await this.adapter.releaseBlocked()) > 0);
    return (await lease.exchange([], { queues: undefined, limit: 1 })).jobs[0];
  }

  async runOn(lease: Lease, job: FetchedJob): Promise<Outcome> {
    const outcome = await runJob(job, {
      adapter: this.adapter,
      logger: silentLogger,
      signal: new AbortController().signal,
      errorHandlers: [],
      deathHandlers: [],
      onUnknownJob: "retry",
      startedAt: 0,
    });
    await lease.exchange([outcome]);
    return outcome;
  }

  /** Runs all that is due, one after the other. @returns how each ended. */
  async work(): Promise<Outcome["kind"][]> {
    const lease = await this.lease();
    const kinds: Outcome["kind"][] = [];
    for (let job = await this.fetch(lease); job !== undefined; job = await this.fetch(lease)) {
      kinds.push((await this.runOn(lease, job)).kind);
    }
    await lease.close();
    return kinds;
  }

  async records(place: Place = { queue: "default" }): Promise<JobRecord[]> {
    const { jobs } = await this.adapter.store.page(place, undefined, 1_000);
    return jobs.map(({ payload }) => JSON.parse(payload) as JobRecord);
  }
}
