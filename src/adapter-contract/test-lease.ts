import type { Adapter, Exchange, FetchedJob, Lease, LeaseOptions } from "../adapters/adapter.ts";
import { nameOf } from "./jobs.ts";

const PATIENCE_MS = 3_000;

/** A lease that remembers what it was told. */
export class TestLease {
  readonly identity: string;
  state: ReturnType<LeaseOptions["state"]> = { quiet: false, busy: 0 };
  closed = false;
  readonly #lease: Lease;
  readonly #work: Notices<void>;
  readonly #due: Notices<number>;
  readonly #cancelled: Notices<ReadonlySet<string>>;

  static async open(
    adapter: Adapter,
    options: Pick<LeaseOptions, "identity" | "ttl"> & Partial<LeaseOptions>,
  ): Promise<TestLease> {
    const work = new Notices<void>(`${options.identity} was told of no work`);
    const due = new Notices<number>(`${options.identity} was told of no due time`);
    const cancelled = new Notices<ReadonlySet<string>>(
      `${options.identity} was told of no cancellation`,
    );
    let state: LeaseOptions["state"] = () => ({ quiet: false, busy: 0 });
    const lease = await adapter.lease({
      info: {
        hostname: "host",
        pid: 1,
        tag: "",
        startedAt: 1_700_000_000.5,
        concurrency: 5,
        queues: [["*", 1]],
      },
      state: () => state(),
      onWork: () => work.add(),
      onDue: (at) => due.add(at),
      onCancel: (jids) => cancelled.add(jids),
      ...options,
    });
    const opened = new TestLease(lease, { work, due, cancelled });
    state = () => opened.state;
    return opened;
  }

  private constructor(
    lease: Lease,
    {
      work,
      due,
      cancelled,
    }: {
      readonly work: Notices<void>;
      readonly due: Notices<number>;
      readonly cancelled: Notices<ReadonlySet<string>>;
    },
  ) {
    this.#lease = lease;
    this.identity = lease.identity;
    this.#work = work;
    this.#due = due;
    this.#cancelled = cancelled;
  }

  exchange(...args: Parameters<Lease["exchange"]>): Promise<Exchange> {
    return this.#lease.exchange(...args);
  }

  settle(...outcomes: Parameters<Lease["exchange"]>[0]): Promise<Exchange> {
    return this.#lease.exchange(outcomes);
  }

  async fetch(
    limit = 10,
    queues: readonly string[] | undefined = ["default"],
  ): Promise<readonly FetchedJob[]> {
    return (await this.#lease.exchange([], { queues, limit })).jobs;
  }

  /** Fetches from every queue. */
  async fetchAny(limit = 10): Promise<readonly FetchedJob[]> {
    return (await this.#lease.exchange([], { queues: undefined, limit })).jobs;
  }

  async fetchOne(queue = "default"): Promise<FetchedJob> {
    const [job] = await this.fetch(1, [queue]);
    if (job === undefined) {
      throw new Error(`Expected a job in queue "${queue}", found none`);
    }
    return job;
  }

  /** Fetches, in one call, and returns names. */
  async fetchNames(limit = 10, queues: readonly string[] = ["default"]): Promise<string[]> {
    return (await this.fetch(limit, queues)).map(({ payload }) => nameOf(payload));
  }

  /** Gives a job another payload; see {@link Lease.checkpoint}. */
  checkpoint(job: FetchedJob, payload: string): Promise<boolean> {
    if (this.#lease.checkpoint === undefined) {
      throw new Error(
        "Expected a lease that takes checkpoints, found one that has no checkpoint()",
      );
    }
    return this.#lease.checkpoint(job, payload);
  }

  renew(): Promise<void> {
    return this.#lease.renew();
  }

  close(): Promise<void> {
    this.closed = true;
    return this.#lease.close();
  }

  /** Resolves once the deed, or something after it, has made it hear of work. */
  async hearsOfWork(deed: () => Promise<unknown>): Promise<void> {
    await this.#work.after(deed);
  }

  /** The same for a due time. */
  hearsOfDue(deed: () => Promise<unknown>): Promise<number> {
    return this.#due.after(deed);
  }

  /** Resolves once it was told that this job, perhaps among others, is cancelled. */
  async hearsOfCancel(jid: string, deed: () => Promise<unknown>): Promise<void> {
    let told = await this.#cancelled.after(deed);
    while (!told.has(jid)) {
      told = await this.#cancelled.after(() => Promise.resolve());
    }
  }

  /** How often it has heard of work. */
  get workHeard(): number {
    return this.#work.count;
  }

  async hearsMoreThan(count: number): Promise<void> {
    await this.#work.moreThan(count);
  }
}

class Notices<Told> {
  readonly #failure: string;
  count = 0;
  #last: Told | undefined;
  #listener: ((told: Told) => void) | undefined;

  constructor(failure: string) {
    this.#failure = failure;
  }

  add(told: Told): void {
    this.count += 1;
    this.#last = told;
    this.#listener?.(told);
  }

  async after(deed: () => Promise<unknown>): Promise<Told> {
    const heard = this.count;
    await deed();
    return this.moreThan(heard);
  }

  async moreThan(count: number): Promise<Told> {
    if (this.count > count) {
      return this.#last as Told;
    }
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Told>((resolve, reject) => {
        this.#listener = resolve;
        timer = setTimeout(() => reject(new Error(this.#failure)), PATIENCE_MS);
      });
    } finally {
      clearTimeout(timer);
      this.#listener = undefined;
    }
  }
}
