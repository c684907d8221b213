import type { Outcome } from "../../adapters/adapter.ts";
import { runningJob } from "../surroundings/current-job.ts";
import { outcomeOfComingAgain } from "./coming-again.ts";
import { outcomeOfEarlyEnd, outcomeOfInterruption } from "./early-end.ts";
import { outcomeOfFailure } from "./failure.ts";
import { JobRun } from "../inside/job-run.ts";
import { outcomeOfMissingRecord } from "./missing-record.ts";
import { withFailure } from "./run-end.ts";
import { outcomeOfUnknown } from "./unknown-job.ts";

/**
 * What a run comes to that something was thrown out of; or by what it left to run on its own, where
 * nobody could catch it.
 */
export async function outcomeOfThrown(run: JobRun, error: unknown): Promise<Outcome> {
  const outcome = await (outcomeOfEarlyEnd(run, error) ??
    outcomeOfInterruption(run, error) ??
    outcomeOfUnknown(run, error) ??
    outcomeOfMissingRecord(run, error) ??
    outcomeOfComingAgain(run, error) ??
    outcomeOfFailure(run, error));
  return withFailure(run, outcome, error);
}

/** The run whose job, or what that left behind, calls this; `undefined` where none does. */
export function currentRun(): JobRun | undefined {
  const job = runningJob();
  return job instanceof JobRun ? job : undefined;
}
