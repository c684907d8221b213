import { onTestFinished } from "vitest";
import type { Adapter, Entry, Exchange, FetchedJob, LeaseOptions } from "../adapters/adapter.ts";
import type { JobStatus, JobStore, Place, StoredJob } from "../adapters/job-store.ts";
import { done, jid, nameOf, payloadOf, withFairKey, withPriority } from "./jobs.ts";
import { TestLease } from "./test-lease.ts";

/** A fresh store to test an adapter on, and what a test must be able to do to it. */
export interface StoreUnderTest {
  /** The adapter to test, on that store. */
  readonly adapter: Adapter;
  /**
   * One step of time in seconds: long against a round trip, short against a test's timeout. The
   * suite's leases run out after 5.
   */
  readonly tick: number;
  /** Another adapter on the same store, as another process would have it. */
  connect(): Promise<Adapter>;
  /** Lets time pass by the store's clock: sets it, or waits. */
  elapse(seconds: number): Promise<void>;
  /** Closes all adapters and forgets the store. */
  dispose(): Promise<void>;
}

/** Makes a fresh store: what one test does is not seen by another. */
export type CreateStore = () => Promise<StoreUnderTest>;

/** What an entry has besides its name. */
export type EntryOptions = Partial<Omit<Entry, "prereqs">> & {
  /** Names, as `entry` takes one. */
  readonly prereqs?: readonly string[];
  /** Due after that many ticks, instead of `at`. */
  readonly inTicks?: number;
};

const TICKS_TO_LIVE = 5;
let opened = 0;

/**
 * What all tests of the contract start from: an adapter on a fresh store, and short words for long
 * calls.
 */
export class Rig {
  readonly adapter: Adapter;
  readonly store: JobStore;
  readonly tick: number;
  readonly ttl: number;
  readonly #underTest: StoreUnderTest;
  readonly #living = new Set<TestLease>();

  static async open(create: CreateStore): Promise<Rig> {
    const rig = new Rig(await create());
    onTestFinished(() => rig.dispose());
    return rig;
  }

  constructor(underTest: StoreUnderTest) {
    this.#underTest = underTest;
    this.adapter = underTest.adapter;
    this.store = underTest.adapter.store;
    this.tick = underTest.tick;
    this.ttl = TICKS_TO_LIVE * underTest.tick;
  }

  connect(): Promise<Adapter> {
    return this.#underTest.connect();
  }

  async dispose(): Promise<void> {
    for (const lease of this.#living) {
      await lease.close();
    }
    await this.#underTest.dispose();
  }

  now(): Promise<number> {
    return this.store.now();
  }

  async entry(name: string, options: EntryOptions = {}): Promise<Entry> {
    const { prereqs, inTicks, ...rest } = options;
    const queue = rest.queue ?? "default";
    return {
      jid: jid(name),
      queue,
      payload: withFairKey(withPriority(payloadOf(name, queue), rest.priority), rest.fairKey),
      ...rest,
      ...(inTicks === undefined ? {} : { at: (await this.now()) + inTicks * this.tick }),
      ...(prereqs === undefined ? {} : { prereqs: prereqs.map(jid) }),
    };
  }

  async enqueue(name: string, options: EntryOptions = {}): Promise<void> {
    await this.adapter.enqueue([await this.entry(name, options)]);
  }

  /** Enqueues in one call. */
  async enqueueAll(names: readonly string[], options: EntryOptions = {}): Promise<void> {
    await this.adapter.enqueue(await Promise.all(names.map((name) => this.entry(name, options))));
  }

  status(name: string): Promise<JobStatus> {
    return this.adapter.status(jid(name));
  }

  /** Statuses by name, for one `expect` on many. */
  async statuses(...names: readonly string[]): Promise<Record<string, JobStatus>> {
    const pairs = names.map(async (name) => [name, await this.status(name)] as const);
    return Object.fromEntries(await Promise.all(pairs));
  }

  /** Names of a place's jobs, in the order of its pages. */
  async names(place: Place, pageSize = 100): Promise<string[]> {
    return (await this.stored(place, pageSize)).map(({ payload }) => nameOf(payload));
  }

  async stored(place: Place, pageSize = 100): Promise<StoredJob[]> {
    const jobs: StoredJob[] = [];
    const cursors = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await this.store.page(place, cursor, pageSize);
      jobs.push(...page.jobs);
      cursor = page.cursor;
      if (cursor !== undefined && cursors.has(cursor)) {
        throw new Error(`Expected an end of pages, found cursor "${cursor}" again`);
      }
      cursors.add(cursor ?? "");
    } while (cursor !== undefined);
    return jobs;
  }

  /** The job of that name, which must be there. */
  async find(place: Place, name: string): Promise<StoredJob> {
    const job = await this.store.find(place, jid(name));
    if (job === undefined) {
      throw new Error(`Expected to find job "${name}" in ${JSON.stringify(place)}, found none`);
    }
    return job;
  }

  async lease(
    options: Partial<LeaseOptions> = {},
    adapter: Adapter = this.adapter,
  ): Promise<TestLease> {
    opened += 1;
    const lease = await TestLease.open(adapter, {
      identity: `host:1:${opened.toString(16).padStart(12, "0")}`,
      ttl: this.ttl,
      ...options,
    });
    this.#living.add(lease);
    return lease;
  }

  /** Enqueues nothing, fetches one job of the default queue as a worker of its own would. */
  async run(name: string): Promise<{ lease: TestLease; job: FetchedJob }> {
    const lease = await this.lease();
    const job = await lease.fetchOne();
    if (nameOf(job.payload) !== name) {
      throw new Error(`Expected to fetch job "${name}", fetched "${nameOf(job.payload)}"`);
    }
    return { lease, job };
  }

  /** Runs the first job of the default queue, which has that name, to its end. */
  async finish(name: string): Promise<Exchange> {
    const { lease, job } = await this.run(name);
    const exchange = await lease.settle(done(job));
    await lease.close();
    return exchange;
  }

  /** Lets time pass; leases stay alive, but those that `die`d. */
  async elapse(ticks: number): Promise<void> {
    for (let left = ticks; left > 0; left -= 1) {
      await this.#underTest.elapse(this.tick * Math.min(1, left));
      await this.renewAll();
    }
  }

  async renewAll(): Promise<void> {
    const open = [...this.#living].filter((lease) => !lease.closed);
    await Promise.all(open.map((lease) => lease.renew()));
  }

  /** The workers fall silent, and their leases run out. */
  async die(...leases: readonly TestLease[]): Promise<void> {
    for (const lease of leases) {
      this.#living.delete(lease);
    }
    await this.elapse(TICKS_TO_LIVE + 1);
  }

  /** Hands on all that waits to be handed on. @returns the size of each slice. */
  async releaseBlocked(): Promise<number[]> {
    const slices: number[] = [];
    while (slices.length < 100) {
      const released = await this.adapter.releaseBlocked();
      if (released === 0) {
        return slices;
      }
      slices.push(released);
    }
    throw new Error(`Expected an end of blocked jobs to release, found slices of ${slices.join()}`);
  }
}
