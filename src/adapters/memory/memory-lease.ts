import type {
  Exchange,
  FetchedJob,
  FetchRequest,
  Lease,
  LeaseOptions,
  Outcome,
} from "../adapter.ts";
import { LeaseLostError } from "../adapter-error.ts";
import type { RunningJob, WorkerState } from "../job-store.ts";
import type { Job } from "./job.ts";
import type { MemoryState } from "./memory-state.ts";

/** A lease on jobs in this process. */
export class MemoryLease implements Lease {
  readonly identity: string;
  readonly #options: LeaseOptions;
  readonly #state: MemoryState;
  readonly #held = new Set<Job>();
  #expiresAt: number;
  #ended = false;

  constructor(options: LeaseOptions, state: MemoryState) {
    this.identity = options.identity;
    this.#options = options;
    this.#state = state;
    this.#expiresAt = state.now() + options.ttl;
  }

  async exchange(outcomes: readonly Outcome[], request?: FetchRequest): Promise<Exchange> {
    const now = this.#state.now();
    this.#assertAlive(now);
    if (request !== undefined && !(request.limit >= 1)) {
      throw new RangeError(`Cannot fetch ${request.limit} jobs: expected a limit of at least 1`);
    }
    const refused = this.#settleAll(outcomes, now);
    const jobs = request === undefined ? [] : this.#fetch(request, now);
    return { jobs, refused, releasable: this.#state.jobs.releasable };
  }

  async renew(): Promise<void> {
    const now = this.#state.now();
    this.#assertAlive(now);
    this.#expiresAt = now + this.#options.ttl;
  }

  async close(): Promise<void> {
    if (this.#ended || this.isOver(this.#state.now())) {
      return;
    }
    this.#end();
    this.#putBack([...this.#held]);
  }

  /** Whether others may take its jobs. Once it is over it stays so, whatever the clock does. */
  isOver(now: number): boolean {
    if (now >= this.#expiresAt) {
      this.#expiresAt = -Infinity;
    }
    return this.#expiresAt === -Infinity;
  }

  /** Gives up the jobs of a lease that is over, in the order in which they were fetched. */
  surrender(): readonly Job[] {
    this.#end();
    const jobs = [...this.#held];
    this.#held.clear();
    return jobs;
  }

  worker(): WorkerState {
    return { identity: this.identity, ...this.#options.info, ...this.#options.state() };
  }

  *running(): Generator<RunningJob> {
    for (const { queue, payload, startedAt } of this.#held) {
      yield { identity: this.identity, queue, payload, startedAt };
    }
  }

  #assertAlive(now: number): void {
    if (this.#ended || this.isOver(now)) {
      throw new LeaseLostError(this.identity);
    }
  }

  #end(): void {
    this.#ended = true;
    this.#state.leaseEnded(this, this.#options);
  }

  #settleAll(outcomes: readonly Outcome[], now: number): FetchedJob[] {
    const refused: FetchedJob[] = [];
    const released: Job[] = [];
    for (const outcome of outcomes) {
      const receipt = outcome.job;
      const job = Receipt.jobOf(receipt, this);
      if (job === undefined) {
        refused.push(receipt);
      } else if (job.receipt === receipt) {
        if (outcome.kind === "release") {
          job.receipt = undefined;
          released.push(job);
        } else {
          this.#letGo(job);
          job.recoveries = 0;
          this.#state.settle(job, outcome, now);
        }
      }
    }
    if (released.length > 0) {
      this.#putBack(released);
    }
    return refused;
  }

  /** To the heads of their queues; what was fetched first comes first again. */
  #putBack(jobs: Job[]): void {
    for (const job of jobs.sort((one, other) => other.fetchOrder - one.fetchOrder)) {
      this.#letGo(job);
      this.#state.jobs.putBack(job);
    }
  }

  #letGo(job: Job): void {
    this.#held.delete(job);
    job.receipt = undefined;
  }

  #fetch({ queues, limit }: FetchRequest, now: number): FetchedJob[] {
    const receipts: FetchedJob[] = [];
    for (const list of this.#state.fetchable(queues)) {
      while (receipts.length < limit) {
        const job = list.shift();
        if (job === undefined) {
          break;
        }
        job.startedAt = now;
        job.fetchOrder = this.#state.nextFetchOrder();
        job.receipt = new Receipt(job, this);
        this.#held.add(job);
        receipts.push(job.receipt);
      }
    }
    this.#state.asked(this.#options);
    return receipts;
  }
}

/** What a job is handed out as. */
class Receipt implements FetchedJob {
  readonly queue: string;
  readonly payload: string;
  readonly recoveries: number;
  readonly #job: Job;
  readonly #lease: MemoryLease;

  /** The job that a lease handed out as this, even if it was settled since. */
  static jobOf(receipt: FetchedJob, lease: MemoryLease): Job | undefined {
    return #job in receipt && receipt.#lease === lease ? receipt.#job : undefined;
  }

  constructor(job: Job, lease: MemoryLease) {
    this.queue = job.queue;
    this.payload = job.payload;
    this.recoveries = job.recoveries;
    this.#job = job;
    this.#lease = lease;
  }
}
