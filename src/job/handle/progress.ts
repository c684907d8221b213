import type { ProgressNote } from "../../adapters/job-notes.ts";

/** How far a job is, as it said itself. */
export interface Progress {
  /** How much of it is done. */
  readonly done: number;
  /** How much there is. */
  readonly total: number;
  /** What it was doing. */
  readonly note: string | undefined;
  /** When it said so. */
  readonly at: Date;
}

/** What was noted, as it is shown. */
export function progressIn(noted: ProgressNote | undefined): Progress | undefined {
  if (noted === undefined) {
    return undefined;
  }
  const { done, total, note, at } = noted;
  return { done, total, note, at: new Date(Math.round(at * 1000)) };
}
