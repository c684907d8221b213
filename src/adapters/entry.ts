import type { Hold } from "./hold.ts";
import type { PrereqFailure } from "./job-record.ts";

/** One job on its way in. */
export interface Entry {
  /** 24 hex digits, or whatever the application gave. */
  readonly jid: string;
  /** The name of the queue to wait in. */
  readonly queue: string;
  /**
   * The record as JSON text, without `enqueued_at`: the adapter appends it when the job enters a
   * queue.
   */
  readonly payload: string;
  /**
   * An integer, the smaller first. The job keeps it for good; its record says it too, for stores
   * that keep nothing else.
   * @default 0
   */
  readonly priority?: number;
  /**
   * Whose the job is: a text that is not empty. The job keeps it for good; its record says it too
   * (`fair_key`), for stores that keep nothing else.
   *
   * Within a queue that a worker serves, and within one priority, jobs with different keys take
   * turns: each comes in a *round*. That is the one after the round of the job of its key that came
   * before it, but at the earliest the one after that of the last job which was handed out, and at
   * the latest so many after that as jobs are in the queue. The lower round goes first, and of one
   * round who came first.
   *
   * Jobs without a key take turns with the others as if they were of one more key, or go before
   * those that came after them. A job with a key that goes back to the head of its queue goes
   * before all rounds. One that is parked keeps its round.
   */
  readonly fairKey?: string;
  /** When the job is due. Absent or past: at once. */
  readonly at?: number;
  /**
   * Seconds from now. Beside `at`, a store that has a clock of its own reckons with this: the
   * sender's may be wrong.
   */
  readonly delay?: number;
  /** Jids that must be finished first. Those that already are do not hold the job back. */
  readonly prereqs?: readonly string[];
  /**
   * What a prerequisite's failure does to this job; "bury" and "cancel" wait for no other one. A
   * failure that is known when the job is enqueued is dealt with by then. @default "release"
   */
  readonly prereqFailure?: PrereqFailure;
  /**
   * The jid is one that may be tried again, or was used before: it makes no second job until ten
   * minutes after the first is over, unless that was cancelled or deleted. @default false
   */
  readonly remembered?: boolean;
  /**
   * Keys that it must hold, each key once for each `from`. Where they are looked at is the same for
   * all:
   *
   * - From enqueue, as it is accepted: first those that refuse, then those that replace, in their
   *   order; nothing is taken where one of them is full. Then those that park, all at once: while
   *   one is full the job is blocked in that one's line (`releaseBlocked` moves it on), and only
   *   then its prerequisites, its time and its queue count.
   * - From fetch, as it comes to be handed out: in their order. At the first that is full it is
   *   parked or refused. A parked job stays one of its queue (its size, pages, `find`, `delete`,
   *   `move`, `clear`, pauses), its status is "blocked". As soon as the key is free, the next fetch
   *   from that queue hands out the first in the line, by priority and then by age, and takes the
   *   turn in that step; one that came back unrun is first.
   *
   * A job that is handed out again has what it still holds, and needs it no second time. A dead one
   * that is moved back takes its holds from enqueue again, or stays where it is.
   */
  readonly holds?: readonly Hold[];
  /**
   * Epoch seconds: from then on a job that needs turns or tokens is handed out without any, and as
   * `FetchedJob.expired`, so that it is discarded. Whether others have expired their record says:
   * nobody but the worker looks.
   */
  readonly expiresAt?: number;
  /**
   * The id of the batch that counts the job, from the step in which it is accepted until it is over
   * (`Adapter.batches`). Where that takes no more, because it is over, cancelled or unknown, the
   * job is not accepted: the answer refuses it by the key "batch:ID".
   */
  readonly batch?: string;
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
  declare fairKey?: string;
  declare at?: number;
  declare delay?: number;
  declare prereqs?: readonly string[];
  declare prereqFailure?: PrereqFailure;
  declare remembered?: boolean;
  declare holds?: readonly Hold[];
  declare expiresAt?: number;
  declare batch?: string;
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
