import type { FetchedJob } from "../adapter.ts";
import type { Job } from "./job.ts";

/** What a job is handed out as. */
export class Receipt implements FetchedJob {
  readonly queue: string;
  readonly payload: string;
  readonly recoveries: number;
  readonly #job: Job;
  readonly #lease: object;
  readonly #startedAt: number;
  readonly #order: number;

  constructor(
    job: Job,
    { lease, startedAt, order }: { lease: object; startedAt: number; order: number },
  ) {
    this.queue = job.queue;
    this.payload = job.payload;
    this.recoveries = job.recoveries;
    this.#job = job;
    this.#lease = lease;
    this.#startedAt = startedAt;
    this.#order = order;
  }

  get refusedBy(): string | undefined {
    return this.#job.holds?.refusedBy;
  }

  get expired(): boolean | undefined {
    return this.#job.holds?.expired;
  }

  // Not for whoever it is handed out to: their copies and comparisons see what a fetched job has.

  /** Whether that lease handed it out. */
  static isOf(receipt: Receipt, lease: object): boolean {
    return receipt.#lease === lease;
  }

  static jobOf(receipt: Receipt): Job {
    return receipt.#job;
  }

  static startOf(receipt: Receipt): number {
    return receipt.#startedAt;
  }

  /** The higher, the later it was handed out. */
  static orderOf(receipt: Receipt): number {
    return receipt.#order;
  }
}
