/** What jobs leave for others to read, besides where they are. */
export interface JobNotes {
  /** Notes how far jobs are, over what was noted of them before. Kept for an hour after the last time, and lost without harm. */
  writeProgress(notes: readonly ProgressNote[]): Promise<void>;
  /** What was noted last of each of these, in this order. */
  readProgress(jids: readonly string[]): Promise<readonly (ProgressNote | undefined)[]>;
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
