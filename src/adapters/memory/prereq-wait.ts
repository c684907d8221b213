import type { PrereqFailure } from "../adapter.ts";
import type { FailedPrereq } from "../bury.ts";

/** What a blocked job waits for. */
export interface PrereqWait {
  readonly prereqs: readonly string[];
  readonly failure: PrereqFailure;
  /** How many of them are unfinished. */
  open: number;
  /** The prerequisite that was no success, where that is this job's end. */
  failedPrereq: FailedPrereq | undefined;
}
