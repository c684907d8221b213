/**
 * What a recurrence is in English: times stand in the middle, so that those of two can be told
 * together.
 */
export interface Sentence {
  readonly start: string;
  readonly times: readonly string[];
  readonly end: string;
}

/** One of the things that a schedule consists of: a cron, an interval, one point in time. */
export interface Recurrence {
  /**
   * The first occurrence after a second, in epoch seconds; `undefined` where none comes any more.
   */
  next(after: number): number | undefined;
  /** As `Schedule.parse` reads it: the same for all ways of writing it that mean the same. */
  readonly text: string;
  readonly english: Sentence;
  /** The zone whose clocks decide; `undefined` where none do. */
  readonly zone?: string;
}
