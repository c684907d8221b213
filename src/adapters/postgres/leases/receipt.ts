import type { FetchedJob } from "../../adapter.ts";

/** What is known of a job that was handed out. */
export interface Handed {
  readonly jid: string;
  readonly queue: string;
  readonly payload: string;
  readonly run: number;
  readonly recoveries: number;
  readonly guarded: boolean;
  readonly refusedBy?: string | undefined;
  readonly expired?: boolean | undefined;
}

/** What a job is handed out as. */
export class Receipt implements FetchedJob {
  readonly queue: string;
  readonly payload: string;
  readonly recoveries: number;
  readonly #handed: Handed;
  readonly #lease: object;

  constructor(handed: Handed, lease: object) {
    this.queue = handed.queue;
    this.payload = handed.payload;
    this.recoveries = handed.recoveries;
    this.#handed = handed;
    this.#lease = lease;
  }

  get refusedBy(): string | undefined {
    return this.#handed.refusedBy;
  }

  get expired(): boolean | undefined {
    return this.#handed.expired;
  }

  // Not for whoever it is handed out to: their copies and comparisons see what a fetched job has.

  /** What that lease handed out as this; `undefined` if it did not. */
  static of(job: FetchedJob, lease: object): Handed | undefined {
    return job instanceof Receipt && job.#lease === lease ? job.#handed : undefined;
  }
}
