import type { Outcome } from "../../adapters/adapter.ts";
import { shownKey } from "../../adapters/hold.ts";
import { tellDiscarded } from "../declare/discard-callback.ts";
import type { JobRun } from "../inside/job-run.ts";
import { hasExpired } from "../record/recorded-expiry.ts";
import { JobExpiredError } from "./job-expired-error.ts";
import { withReason } from "./run-end.ts";

/**
 * How a job ends that is not to be run any more, because its time is over, or because the store
 * handed it out without its turns, only to be discarded; `undefined` of all others.
 */
export function outcomeOfTurnedAway(run: JobRun): Outcome | Promise<Outcome> | undefined {
  const { expired, refusedBy } = run.fetched;
  if (expired === true || hasExpired(run.record)) {
    return expire(run);
  }
  if (refusedBy === undefined) {
    return undefined;
  }
  const errorMessage = `it was over ${shownKey(refusedBy)}`;
  run.log("warn", {}, `Discarded ${run.className}: ${errorMessage}`);
  return withReason(run, run.discarded(), { errorClass: "OverLimit", errorMessage });
}

async function expire(run: JobRun): Promise<Outcome> {
  const error = new JobExpiredError(run.className);
  await tellDiscarded(run, error);
  const outcome = { ...run.settled(), kind: "done", ended: "expired" } as const;
  const { name: errorClass, message: errorMessage } = error;
  run.log("warn", {}, `Discarded ${run.className}: its time was over before it was its turn`);
  return withReason(run, outcome, { errorClass, errorMessage });
}
