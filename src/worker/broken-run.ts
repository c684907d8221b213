import type { FetchedJob, Outcome } from "../adapters/adapter.ts";
import { editPayload } from "../adapters/payload.ts";
import { failureFields, isCount } from "../job/record/failure-fields.ts";
import { announceDeath, tell } from "../job/outcome/failure.ts";
import { JobRun } from "../job/inside/job-run.ts";
import { outcomeOfUnreadable, readRecord } from "../job/run/read-record.ts";
import type { RunEnvironment } from "../job/settings/run-environment.ts";
import { readOr, thrownMessage } from "../support/thrown.ts";
import { nameOf } from "./jid-of.ts";

/**
 * Seconds until a job comes again whose run broke, and twice that after each further time: at once
 * would be an endless loop.
 */
const AGAIN_IN = 60;
/** How often in a row a run may break; the last time buries the job. */
const BREAKS_TO_BURY = 5;

/**
 * The outcome of a run that had none, although a run turns whatever happens into one. No job may be
 * lost by such a mistake of this library, and no attempt is spent: it comes again some times, and
 * is dead then. Never rejects.
 */
export async function outcomeOfBroken(
  job: FetchedJob,
  { error, environment }: { readonly error: unknown; readonly environment: RunEnvironment },
): Promise<Outcome> {
  const run = readOr(undefined, () => new JobRun(job, readRecord(job.payload), environment));
  if (run === undefined) {
    return outcomeOfUnreadable(job, error, environment);
  }
  const { broken_count: before } = run.record;
  const broken = (isCount(before) ? Math.max(before, 0) : 0) + 1;
  await tell(run, error);
  if (broken < BREAKS_TO_BURY) {
    const delay = AGAIN_IN * 2 ** (broken - 1);
    const text = `Running ${nameOf(job)} broke down; it comes again in ${delay} seconds`;
    run.log("error", { err: error }, text);
    return run.requeue(delay, { broken_count: broken });
  }
  run.log("error", { err: error }, `Running ${nameOf(job)} broke down ${broken} times; it is dead`);
  await announceDeath(run, error);
  const payload = editPayload(job.payload, {
    ...failureFields(run, error),
    error_class: "BrokenRunError",
    error_message:
      `Cannot run job ${run.record.jid}: its run broke down ${broken} times, which is a fault of mandate. ` +
      `Report it with the worker's log: ${thrownMessage(error)}`,
  });
  return { ...run.settled(), kind: "dead", payload };
}
