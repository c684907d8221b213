import type { PrereqFailure } from "./job-record.ts";

/** One job on its way in. */
export interface Entry {
  readonly jid: string;
  readonly queue: string;
  /** The record as JSON text, without `enqueued_at`: the adapter appends it when the job enters a queue. */
  readonly payload: string;
  /**
   * An integer, the smaller first. The job keeps it for good; its record says it too, for stores that keep nothing else.
   * @default 0
   */
  readonly priority?: number;
  /** When the job is due. Absent or past: at once. */
  readonly at?: number;
  /** Seconds from now. Beside `at`, a store that has a clock of its own reckons with this: the sender's may be wrong. */
  readonly delay?: number;
  /** Jids that must be finished first. Those that already are do not hold the job back. */
  readonly prereqs?: readonly string[];
  /**
   * What a prerequisite's failure does to this job; "bury" and "cancel" wait for no other one. A failure that is known when
   * the job is enqueued is dealt with by then. @default "release"
   */
  readonly prereqFailure?: PrereqFailure;
  /**
   * The jid is one that may be tried again, or was used before: it makes no second job until ten minutes after the first
   * is over, unless that was cancelled or deleted. @default false
   */
  readonly remembered?: boolean;
}

/**
 * An entry that was written from a record, so that its payload says whose it is.
 *
 * Of a class, as a record is: see `NewRecord`.
 */
export class RecordEntry implements Entry {
  readonly jid: string;
  readonly queue: string;
  readonly payload: string;
  declare priority?: number;
  declare at?: number;
  declare delay?: number;
  declare prereqs?: readonly string[];
  declare prereqFailure?: PrereqFailure;
  declare remembered?: boolean;
  readonly #isFirst: boolean;

  /** @param isFirst No other entry has its jid. */
  constructor(
    { jid, queue }: { readonly jid: string; readonly queue: string },
    payload: string,
    isFirst: boolean,
  ) {
    this.jid = jid;
    this.queue = queue;
    this.payload = payload;
    this.#isFirst = isFirst;
  }

  /** Whether an entry is known to be the first that has its jid. */
  static isFirst(entry: Entry): boolean {
    return #isFirst in entry && entry.#isFirst;
  }
}
