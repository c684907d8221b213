import { CommandAborted } from "../around/abort.ts";
import { activeJobIn } from "../record/active-job.ts";
import { performCallbacks } from "../declare/callbacks.ts";
import { LazyCommand } from "../inside/lazy-command.ts";
import { surroundedBy } from "../surroundings/surroundings.ts";
import { deferAll, makeJob } from "../defer/defer.ts";
import { tellDiscarded, type DiscardedJob } from "../declare/discard-callback.ts";
import { findRule } from "../outcome/find-rule.ts";
import { RunHere } from "./run-here.ts";
import type { Deferral } from "../defer/make-record.ts";
import { runInside } from "../around/middleware.ts";
import { inOrder, PrereqJobNotFinishedError } from "../defer/prerequisites.ts";
import type { PreparedJob } from "../defer/prepared-job.ts";
import { enlist } from "../declare/registry.ts";
import { Requeued, swallowedRequeue } from "../inside/requeue.ts";
import { retryOnDelay } from "../declare/retry-policy.ts";
import { settings } from "../settings/settings.ts";
import { start } from "../record/target.ts";
import { enlistStable } from "../declare/unstable-name.ts";

/**
 * Active Job's `perform_now`: runs a job here, with its callbacks and its rules for errors.
 *
 * @returns what it returned; `undefined` where a rule, `abort` or `requeueJob` ended it.
 * @throws {PrereqJobNotFinishedError} if a job it waits for is not finished.
 */
export async function performNow(deferral: Deferral): Promise<unknown> {
  const job = makeJob(deferral, enlist);
  await refuseUnfinished(job);
  const run = new RunHere(job);
  try {
    return await surroundedBy({ job: run }, () => perform(job, run));
  } finally {
    run.end();
    await run.scope?.dispose();
  }
}

async function refuseUnfinished(job: PreparedJob): Promise<void> {
  if (job.prereqs.length > 0) {
    inOrder([job]);
    const [unfinished] = await settings().adapter.unfinished(job.prereqs);
    if (unfinished !== undefined) {
      throw new PrereqJobNotFinishedError(unfinished);
    }
  }
}

async function perform(job: PreparedJob, run: RunHere): Promise<unknown> {
  const { runnable, arguments: args, declarations } = job;
  const source = new LazyCommand(runnable, job);
  const layers = { middleware: [], callbacks: performCallbacks.of(declarations), source };
  const { aroundRun = (_, next) => next() } = declarations.hooks;
  let output: unknown;
  let failure: { readonly error: unknown } | undefined;
  try {
    await aroundRun(run, () =>
      runInside(layers, job, async () => {
        output = await start(runnable, source.command, args);
      }),
    );
    run.assertUninterrupted();
  } catch (error) {
    failure = { error };
  }
  run.end();
  if (run.requeueIn !== undefined) {
    if (!(failure?.error instanceof Requeued)) {
      run.logger.warn({}, swallowedRequeue(job.className));
    }
    await enqueueAgain(job, run.requeueIn);
    return undefined;
  }
  if (failure === undefined) {
    return output;
  }
  const { error } = failure;
  if (error instanceof CommandAborted) {
    return undefined;
  }
  const { className } = job;
  const { logger } = run;
  const over: DiscardedJob = { job, className, declarations, logger, command: source.made };
  return applyRule(job, over, run.failure(error));
}

async function applyRule(job: PreparedJob, over: DiscardedJob, error: unknown): Promise<unknown> {
  const match = findRule(over, error);
  if (match === undefined) {
    await tellDiscarded(over, error);
    throw error;
  }
  const { rule, matched } = match;
  const command = over.command as never;
  switch (rule.kind) {
    case "discard":
      await rule.handler?.(job, matched, command);
      await tellDiscarded(over, error);
      return undefined;
    case "rescue":
      return rule.handler(matched, job, command);
    case "retry":
      break;
  }
  if (rule.attempts > 1) {
    const counts = { executions: 1, exception_executions: { [rule.key]: 1 } };
    Object.assign(job.record, counts);
    Object.assign(activeJobIn(job.record) ?? {}, counts);
    await enqueueAgain(job, retryOnDelay(rule, 1, matched));
    return undefined;
  }
  await rule.whenExhausted?.(job, matched, command);
  await tellDiscarded(over, error);
  if (rule.whenExhausted === undefined) {
    throw error;
  }
  return undefined;
}

async function enqueueAgain(job: PreparedJob, delay: number): Promise<void> {
  enlistStable(job.runnable);
  await deferAll([job.after(delay)]);
}
