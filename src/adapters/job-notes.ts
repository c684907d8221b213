/** What jobs leave for others to read, besides where they are. */
export interface JobNotes {
  /** Notes how far jobs are, over what was noted of them before. Kept for an hour after the last time, and lost without harm. */
  writeProgress(notes: readonly ProgressNote[]): Promise<void>;
  /** What was noted last of each of these, in this order. */
  readProgress(jids: readonly string[]): Promise<readonly (ProgressNote | undefined)[]>;
  /**
   * Whether these are over, and what they left, in this order. A job that is over has left by then what it leaves: both are
   * one step of settling.
   */
  readEnds(jids: readonly string[]): Promise<readonly JobEnd[]>;
  /**
   * Calls `onEnd` when a job leaves something. Messages may get lost, and come without a reason: whoever
   * waits looks at each of them, and now and then besides. Not heard of is a job that is over and leaves nothing.
   */
  listen(jid: string, onEnd: () => void): Listening;
}

/** Whether a job is over. */
export interface JobEnd {
  readonly state: "unfinished" | "dead" | "cancelled" | "over";
  /** The text that it left when it was last over; `undefined` if none, or if its time has passed. */
  readonly left: string | undefined;
}

/** What a job leaves when it is over. */
export interface LeftResult {
  readonly text: string;
  /** For how long it is kept. */
  readonly seconds: number;
}

/** What a job may leave that is over. */
export interface Left {
  /** For whoever waits for it. */
  readonly result?: LeftResult;
  /** For operators. */
  readonly finished?: FinishedJob;
}

/** What is kept of a job that is over, for operators. */
export interface FinishedJob {
  /** Its payload, and in it how it ended. */
  readonly payload: string;
  /** Among whom it is counted: its class. */
  readonly group: string;
  /** How many of the group are kept. */
  readonly count: number;
  /** For how long it is kept at most. */
  readonly seconds: number;
}

export interface Listening {
  /** Resolves when it hears; rejects if it does not hear now. It may later all the same. */
  readonly ready: Promise<void>;
  /** Ends it. */
  stop(): void;
}

/** How far a job says that it is. */
export interface ProgressNote {
  readonly jid: string;
  readonly done: number;
  readonly total: number;
  readonly note?: string;
  /** When it said so, epoch seconds, by its worker's clock. */
  readonly at: number;
}

/** Seconds for which progress is kept. */
export const PROGRESS_KEPT = 3_600;
