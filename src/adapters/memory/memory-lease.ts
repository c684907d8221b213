import type {
  Exchange,
  FetchedJob,
  FetchRequest,
  Lease,
  LeaseOptions,
  Outcome,
} from "../adapter.ts";
import { LeaseLostError } from "../adapter-error.ts";
import { assertOutcomes } from "../entries.ts";
import type { RunningJob, WorkerState } from "../job-store.ts";
import type { Job } from "./job.ts";
import type { MemoryState, OpenLease } from "./memory-state.ts";
import { Receipt } from "./receipt.ts";
import { Fetch } from "./turns.ts";

/** A lease on jobs in this process. */
export class MemoryLease implements Lease, OpenLease {
  readonly identity: string;
  readonly #options: LeaseOptions;
  readonly #state: MemoryState;
  /** In the order in which they were handed out. */
  readonly #held = new Set<Receipt>();
  #expiresAt: number;
  #ended = false;
  #fetched = 0;

  /** @throws {AdapterError} if a lease of that identity is open. */
  constructor(options: LeaseOptions, state: MemoryState) {
    if (!(options.ttl > 0)) {
      throw new RangeError(`Cannot lease jobs for ${options.ttl} seconds: expected a ttl above 0`);
    }
    this.identity = options.identity;
    this.#options = options;
    this.#state = state;
    this.#expiresAt = state.now() + options.ttl;
    state.leaseOpened(this, options);
  }

  async exchange(outcomes: readonly Outcome[], request?: FetchRequest): Promise<Exchange> {
    const now = this.#state.now();
    this.#assertAlive(now);
    if (request !== undefined && !(request.limit >= 1)) {
      throw new RangeError(`Cannot fetch ${request.limit} jobs: expected a limit of at least 1`);
    }
    assertOutcomes(outcomes);
    this.#state.days.note(now, this.#state.counters);
    const refused = this.#settleAll(outcomes, now);
    if (request === undefined) {
      return { jobs: [], refused, releasable: this.#state.jobs.releasable };
    }
    const fetch = new Fetch(now, request.turns ?? request.limit);
    const jobs = this.#fetch(request, fetch);
    const { isMore, wantsTurn, parked, unparked } = fetch;
    const { releasable } = this.#state.jobs;
    const exchange = { jobs, refused, releasable, isMore, wantsTurn };
    return parked === undefined && unparked === undefined
      ? exchange
      : { ...exchange, parked: parked ?? [], unparked: unparked ?? [] };
  }

  async renew(): Promise<void> {
    const now = this.#state.now();
    this.#assertAlive(now);
    this.#expiresAt = now + this.#options.ttl;
  }

  async checkpoint(receipt: FetchedJob, payload: string): Promise<boolean> {
    this.#assertAlive(this.#state.now());
    const isHeld = receipt instanceof Receipt && this.#held.has(receipt);
    if (isHeld) {
      goOn(Receipt.jobOf(receipt), payload);
    }
    return isHeld;
  }

  async close(): Promise<void> {
    if (this.#ended || this.isOver(this.#state.now())) {
      return;
    }
    this.#end();
    this.#putBack([...this.#held]);
  }

  /** Once it is over it stays so, whatever the clock does. */
  isOver(now: number): boolean {
    if (now >= this.#expiresAt) {
      this.#expiresAt = -Infinity;
    }
    return this.#expiresAt === -Infinity;
  }

  surrender(): readonly Job[] {
    this.#end();
    const jobs = [...this.#held].map((receipt) => Receipt.jobOf(receipt));
    this.#held.clear();
    return jobs;
  }

  worker(): WorkerState {
    const { info, state } = this.#options;
    const rss = process.memoryUsage.rss();
    const seenAt = this.#state.now();
    return { identity: this.identity, library: "mandate", ...info, ...state(), seenAt, rss };
  }

  signal(name: "TSTP" | "TERM"): void {
    this.#options.onSignal?.(name);
  }

  cancel(jids: ReadonlySet<string>): void {
    this.#options.onCancel?.(jids);
  }

  *running(): Generator<RunningJob> {
    for (const receipt of this.#held) {
      const { queue } = receipt;
      const { payload } = Receipt.jobOf(receipt);
      yield { identity: this.identity, queue, payload, startedAt: Receipt.startOf(receipt) };
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
    const released: Receipt[] = [];
    for (const outcome of outcomes) {
      const receipt = outcome.job;
      if (!(receipt instanceof Receipt) || !Receipt.isOf(receipt, this)) {
        refused.push(receipt);
      } else if (this.#held.delete(receipt)) {
        if (outcome.kind === "release") {
          if (outcome.payload !== undefined) goOn(Receipt.jobOf(receipt), outcome.payload);
          released.push(receipt);
        } else {
          this.#state.settle(Receipt.jobOf(receipt), outcome, now);
        }
      }
    }
    this.#putBack(released);
    return refused;
  }

  /** To the heads of their queues; what was fetched first comes first again. */
  #putBack(receipts: Receipt[]): void {
    for (const receipt of receipts.sort(
      (one, other) => Receipt.orderOf(other) - Receipt.orderOf(one),
    )) {
      this.#state.jobs.putBack(Receipt.jobOf(receipt));
    }
  }

  #fetch({ queues, limit }: FetchRequest, fetch: Fetch): FetchedJob[] {
    const receipts: FetchedJob[] = [];
    const { turns, jobs } = this.#state;
    const isPlain = turns.areNone;
    for (const queue of this.#state.fetchable(queues)) {
      while (receipts.length < limit) {
        const isInOrder = isPlain && queue.fair === undefined;
        const job = isInOrder ? jobs.takeFirst(queue.list) : turns.next(queue, fetch);
        if (job === undefined) {
          break;
        }
        this.#fetched += 1;
        const startedAt = fetch.now;
        const receipt = new Receipt(job, { lease: this, startedAt, order: this.#fetched });
        this.#held.add(receipt);
        receipts.push(receipt);
      }
    }
    this.#state.asked(this.#options);
    return receipts;
  }
}

/** It has come so far. What happened to its workers before does not count any more. */
function goOn(job: Job, payload: string): void {
  job.payload = payload;
  job.recoveries = 0;
}
