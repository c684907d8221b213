import { CommandAborted } from "./abort.ts";
import { runInJob, type JobContext } from "./current-job.ts";
import type { ErrorRule } from "./declarations.ts";
import { prepareJob } from "./defer.ts";
import { enqueueJobs } from "./enqueue.ts";
import { findRule, ruleKey } from "./failure.ts";
import { jobLogger } from "./job-logger.ts";
import type { Deferral } from "./make-record.ts";
import { runInside } from "./middleware.ts";
import { PrereqJobNotFinishedError } from "./prerequisites.ts";
import type { PreparedJob } from "./prepared-job.ts";
import { Requeued } from "./requeue.ts";
import { retryOnDelay } from "./retry-policy.ts";
import { settings } from "./settings.ts";
import { invoke } from "./target.ts";

/**
 * Active Job's `perform_now`: runs a job here, with its callbacks and its rules for errors.
 *
 * @returns what it returned; `undefined` where a rule or `abort` ended it.
 * @throws {PrereqJobNotFinishedError} if a job it waits for is not finished.
 */
export async function performNow(deferral: Deferral): Promise<unknown> {
  const job = prepareJob(deferral);
  const [unfinished] =
    job.prereqs.length === 0 ? [] : await settings().adapter.unfinished(job.prereqs);
  if (unfinished !== undefined) {
    throw new PrereqJobNotFinishedError(unfinished);
  }
  const context: JobContext = {
    job,
    signal: new AbortController().signal,
    logger: jobLogger(settings().logger, job),
    requeueIn: undefined,
    scope: undefined,
  };
  let output: unknown;
  const layers = { middleware: [], callbacks: job.declarations.performCallbacks };
  try {
    await runInJob(context, () =>
      runInside(layers, job, async () => {
        output = await invoke(deferral.runnable, deferral.args);
      }),
    );
    return output;
  } catch (error) {
    if (context.requeueIn === undefined && !(error instanceof CommandAborted)) {
      return await applyRule(job, error);
    }
    if (!(error instanceof Requeued || error instanceof CommandAborted)) {
      throw error;
    }
    return undefined;
  } finally {
    if (context.requeueIn !== undefined) {
      await enqueueAgain(job, context.requeueIn);
    }
    await context.scope?.dispose();
  }
}

async function applyRule(job: PreparedJob, error: unknown): Promise<unknown> {
  const rule = findRule(job.declarations.rules, error);
  switch (rule?.kind) {
    case "discard":
      await rule.handler?.(job, error as never);
      return undefined;
    case "rescue":
      return rule.handler(error as never, job);
    case "retry":
      return retryLater(job, rule, error);
    case undefined:
      throw error;
  }
}

async function retryLater(
  job: PreparedJob,
  rule: ErrorRule & { kind: "retry" },
  error: unknown,
): Promise<undefined> {
  if (rule.attempts > 1) {
    job.record.executions = 1;
    job.record.exception_executions = { [ruleKey(rule)]: 1 };
    await enqueueAgain(job, retryOnDelay(rule, 1, error));
  } else if (rule.whenExhausted === undefined) {
    throw error;
  } else {
    await rule.whenExhausted(job, error as never);
  }
  return undefined;
}

async function enqueueAgain(job: PreparedJob, delay: number): Promise<void> {
  await enqueueJobs([job.after(delay)]);
}
