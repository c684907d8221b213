/** Which jobs are asked for. */
export interface FetchRequest {
  /**
   * Names in the order to look; `undefined` stands for every queue there is, in random order. A
   * name that ends in a star stands for all queues that begin so, in random order, but for those
   * that another entry fits better (`served-queues.ts`). Paused ones are passed over.
   */
  readonly queues: readonly string[] | undefined;
  /** How many jobs at most, at least 1. */
  readonly limit: number;
  /**
   * How many of these will run at once, and are not fetched ahead: no more jobs come that take a
   * turn or a token, or let go of a key, by being fetched. The first beyond ends the fetch, with
   * `Exchange.wantsTurn`. A store may let jobs take turns ahead, and not count them, where their
   * keys have turns in plenty.
   * @default limit
   */
  readonly turns?: number;
}

/** What came of settling and fetching. */
export interface Exchange {
  /** Those that were handed out, in the order in which they are to be run. */
  readonly jobs: readonly FetchedJob[];
  /** Jobs whose outcomes were refused, because this lease never held them or lost them. */
  readonly refused: readonly FetchedJob[];
  /** Blocked jobs may wait for `releaseBlocked`: false only where none does. */
  readonly releasable: boolean;
  /**
   * Jobs may wait although fewer came than were asked for: all of them at once would be too large
   * an answer.
   */
  readonly isMore?: boolean;
  /**
   * Fewer came than were asked for since the next one wants a turn: to be asked for once
   * `FetchRequest.turns` is above 0.
   */
  readonly wantsTurn?: boolean;
  /** Jobs that were parked in this step, or went to another line. */
  readonly parked?: readonly ParkedJob[];
  /** Of the jobs that came those that had been parked, and for what. */
  readonly unparked?: readonly ParkedJob[];
}

/** A job that waits, or waited, beside its queue's list, since a key was full that it needs. */
export interface ParkedJob {
  /** Its id. */
  readonly jid: string;
  /** Where it waits, or waited. */
  readonly queue: string;
  /** As the job names it. */
  readonly key: string;
}

/** One job as handed out. The object itself is the receipt that its outcome is settled with. */
export interface FetchedJob {
  /** Where it waited. */
  readonly queue: string;
  /** As it was enqueued, or put back. */
  readonly payload: string;
  /** How often this job was recovered from a dead worker. From 2 on it must run alone. */
  readonly recoveries: number;
  /**
   * It was handed out without its turns, since this key is full and the job is to be discarded
   * then.
   */
  readonly refusedBy?: string | undefined;
  /**
   * It was handed out without its turns, since `Entry.expiresAt` is past: it is to be discarded.
   */
  readonly expired?: boolean | undefined;
}
