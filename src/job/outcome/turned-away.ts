import type { Outcome } from "../../adapters/adapter.ts";
import { shownKey } from "../../adapters/hold.ts";
import type { JobRun } from "../inside/job-run.ts";
import { withReason } from "./run-end.ts";

/**
 * How a job ends that the store handed out without its turns, only to be discarded; `undefined` of
 * all others.
 */
export function outcomeOfTurnedAway(run: JobRun): Outcome | undefined {
  const { expired, refusedBy } = run.fetched;
  if (expired === true) {
    const outcome = { ...run.settled(), kind: "done", ended: "expired" } as const;
    return discard(run, outcome, {
      errorClass: "Expired",
      errorMessage: "its time was over before it was its turn",
    });
  }
  if (refusedBy !== undefined) {
    return discard(run, run.discarded(), {
      errorClass: "OverLimit",
      errorMessage: `it was over ${shownKey(refusedBy)}`,
    });
  }
  return undefined;
}

function discard(
  run: JobRun,
  outcome: Outcome,
  reason: { readonly errorClass: string; readonly errorMessage: string },
): Outcome {
  run.log("warn", {}, `Discarded ${run.className}: ${reason.errorMessage}`);
  return withReason(run, outcome, reason);
}
