/** What came of moving jobs that were due. */
export interface Promotion {
  /** How many were moved. */
  readonly promoted: number;
  /** When the next job is due, if one waits for a time. */
  readonly nextAt: number | undefined;
}
