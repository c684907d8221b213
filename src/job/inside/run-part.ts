import type { Outcome } from "../../adapters/adapter.ts";

/** What a feature has to say of the end of a run in which it had a part. */
export interface RunPart {
  /** What comes again of the job, should it come again: as it was fetched, or further on. */
  readonly payload: string;
  /** The work has returned. @throws what the run ends with all the same. */
  returned(): void;
  /**
   * How the run ends, whatever was thrown out of it; `undefined` where that decides. Asked after
   * cancellations and requeues.
   */
  ending(thrown: unknown): Outcome | undefined;
  /** The run has failed, and what becomes of the job is about to be decided. */
  failing(): void;
}
