import type { PrereqFailure } from "../adapter.ts";

/** What a blocked job waits for. */
export interface Hold {
  readonly prereqs: readonly string[];
  readonly failure: PrereqFailure;
  /** How many of them are unfinished. */
  open: number;
  /** The prerequisite whose death buries this job. */
  deadPrereq: string | undefined;
}
