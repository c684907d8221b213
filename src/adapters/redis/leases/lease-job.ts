import type { FetchedJob } from "../../adapter.ts";

/** What came to a lease in one step. */
export interface Arrival {
  /** The lease's jobs, of which these are some. */
  readonly leaseJobs: object;
  /** Of the exchange. */
  readonly number: string;
  /** When that was, in epoch milliseconds; behind it "/PRIORITY" where they came from a lane. */
  readonly milliseconds: string;
  readonly firstIndex: number;
  /**
   * Those that are not settled, by their index. A settled one leaves: none is kept in memory by the
   * others.
   */
  readonly jobs: (LeaseJob | undefined)[];
  open: number;
}

/**
 * A job as a lease handed it out. It knows what it is a part of: a table of all would be written to
 * for each.
 */
export class LeaseJob implements FetchedJob {
  readonly queue: string;
  readonly payload: string;
  recoveries = 0;
  declare refusedBy?: string;
  declare expired?: boolean;
  readonly #arrival: Arrival;
  readonly #index: number;
  #claim = 0;
  #isLost = false;

  /** @param index In the arrival, and in its receipt. */
  constructor(
    arrival: Arrival,
    index: number,
    { queue, payload }: Pick<FetchedJob, "queue" | "payload">,
  ) {
    this.queue = queue;
    this.payload = payload;
    this.#arrival = arrival;
    this.#index = index;
  }

  // Not for whoever it is handed out to: their copies and comparisons see three fields.

  static arrivalOf(job: LeaseJob): Arrival {
    return job.#arrival;
  }

  static indexOf(job: LeaseJob): number {
    return job.#index;
  }

  /** Whoever held it does so no more, and did not settle it. */
  static lose(job: LeaseJob): void {
    job.#isLost = true;
  }

  static isLost(job: LeaseJob): boolean {
    return job.#isLost;
  }

  /** It comes without its turns: a key refused it; or it has expired, where that is "". */
  static handOutUnheld(job: LeaseJob, key: string): void {
    if (key === "") job.expired = true;
    else job.refusedBy = key;
  }

  /** @returns whether nobody with that number claimed it before. */
  static claim(job: LeaseJob, number: number): boolean {
    const isFirst = job.#claim !== number;
    job.#claim = number;
    return isFirst;
  }
}
