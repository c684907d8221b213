import type { FetchedJob, Outcome } from "../adapters/adapter.ts";
import type { JobRecord } from "../adapters/job-record.ts";
import { runInJob } from "./current-job.ts";
import { outsideOfDeferAfter } from "./defer-after.ts";
import { outcomeOfEarlyEnd } from "./early-end.ts";
import { outcomeOfFailure } from "./failure.ts";
import { outcomeOfHold } from "./hold.ts";
import { JobRun } from "./job-run.ts";
import { outcomeOfMissingRecord } from "./missing-record.ts";
import { isThenable, perform } from "./perform.ts";
import { prereqsOf } from "./recorded-prerequisites.ts";
import { outcomeOfUnreadable, readRecord } from "./read-record.ts";
import type { RunEnvironment } from "./run-environment.ts";
import { targetOf } from "./target.ts";
import { outcomeOfUnknown } from "./unknown-job.ts";

/** Runs one job. Never rejects: whatever happens becomes an outcome. */
export function runJob(fetched: FetchedJob, environment: RunEnvironment): Promise<Outcome> {
  let record: JobRecord;
  try {
    record = readRecord(fetched.payload);
  } catch (error) {
    return outcomeOfUnreadable(fetched, error, environment);
  }
  return outsideOfDeferAfter(runInContext, new JobRun(fetched, record, environment));
}

function runInContext(run: JobRun): Promise<Outcome> {
  return runInJob(run, attempt);
}

async function attempt(run: JobRun): Promise<Outcome> {
  try {
    const target = (run.target = targetOf(run.record));
    const prereqs = prereqsOf(run.record);
    const hold = prereqs === undefined ? undefined : await outcomeOfHold(run, prereqs);
    if (hold !== undefined) {
      return hold;
    }
    run.logStart();
    const performing = perform(run, target);
    // Not awaited needlessly: that takes longer than all the rest of a short job.
    if (isThenable(performing)) {
      await performing;
    }
    return run.requeueAsked() ?? run.performed();
  } catch (error) {
    return await outcomeOf(error, run);
  } finally {
    run.end();
    if (run.scope !== undefined) {
      await run.disposeScope(run.scope);
    }
  }
}

async function outcomeOf(error: unknown, run: JobRun): Promise<Outcome> {
  return (
    outcomeOfEarlyEnd(run, error) ??
    outcomeOfUnknown(run, error) ??
    outcomeOfMissingRecord(run, error) ??
    outcomeOfFailure(run, error)
  );
}
