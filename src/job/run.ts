import type { FetchedJob, Outcome } from "../adapters/adapter.ts";
import type { JobRecord } from "../adapters/job-record.ts";
import { deserializeArguments } from "../serialization/native-format.ts";
import { CommandAborted } from "./abort.ts";
import { runInJob } from "./current-job.ts";
import { message, outcomeOfFailure } from "./failure.ts";
import { JobRun } from "./job-run.ts";
import { runInside } from "./middleware.ts";
import { outcomeOfMissingRecord } from "./missing-record.ts";
import { outcomeOfUnreadable, readRecord } from "./read-record.ts";
import type { RunEnvironment } from "./run-environment.ts";
import { Requeued } from "./requeue.ts";
import { settings } from "./settings.ts";
import { invoke, targetOf, type Target } from "./target.ts";

/** Runs one job. Never rejects: whatever happens becomes an outcome. */
export async function runJob(fetched: FetchedJob, environment: RunEnvironment): Promise<Outcome> {
  let record: JobRecord;
  try {
    record = readRecord(fetched.payload);
  } catch (error) {
    return outcomeOfUnreadable(fetched, error, environment);
  }
  const run = new JobRun(fetched, record, environment);
  try {
    const target = targetOf(record);
    run.aimAt(target);
    const prereqs = record.prereq_jobs;
    if (prereqs !== undefined && prereqs.length > 0) {
      const unfinished = await environment.adapter.unfinished(prereqs);
      if (unfinished.length > 0) {
        return run.blockedBy(unfinished);
      }
    }
    run.logStart();
    await runInJob(run, () => perform(run, target));
    if (run.requeueIn !== undefined) {
      run.warnOfSwallowedRequeue();
      return run.requeue(run.requeueIn);
    }
    run.logDone();
    return run.done();
  } catch (error) {
    return await outcomeOf(error, run);
  } finally {
    if (run.scope !== undefined) {
      await run.disposeScope(run.scope);
    }
  }
}

async function perform(run: JobRun, target: Target): Promise<void> {
  const middleware = settings().performMiddleware;
  const callbacks = run.declarations.performCallbacks;
  if (middleware.length === 0 && callbacks.length === 0) {
    const args = deserializeArguments(target.args, run.record.meta);
    await invoke(target.runnable, run.locate(args instanceof Promise ? await args : args));
    return;
  }
  // Middleware stands around the search for records too: it may choose the database they are in.
  await runInside({ middleware, callbacks: [] }, run.job, async () => {
    const args = run.locate(await deserializeArguments(target.args, run.record.meta));
    await runInside({ middleware: [], callbacks }, run.job, () => invoke(target.runnable, args));
  });
}

function outcomeOf(error: unknown, run: JobRun): Outcome | Promise<Outcome> {
  if (run.requeueIn !== undefined) {
    if (!(error instanceof Requeued)) {
      run.warnOfSwallowedRequeue();
    }
    return run.requeue(run.requeueIn);
  }
  if (error instanceof CommandAborted) {
    const errors = error.errors.map(message);
    run.log(
      "warn",
      { errors },
      `Aborted ${run.job.className}: ${errors.join("; ") || "no errors given"}`,
    );
    return run.done();
  }
  if (run.signal.aborted) {
    run.log("info", {}, `Gave back ${run.job.className}: ${message(run.signal.reason)}`);
    return { ...run.settled(), kind: "release" };
  }
  return outcomeOfMissingRecord(run, error) ?? outcomeOfFailure(run, error);
}
