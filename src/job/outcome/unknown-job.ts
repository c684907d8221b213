import type { Outcome } from "../../adapters/adapter.ts";
import { readTimestamp } from "../../adapters/job-record.ts";
import { clock } from "../../support/clock.ts";
import { isCount } from "../record/failure-fields.ts";
import type { JobRun } from "../inside/job-run.ts";
import { OtherDeclarationError } from "../record/other-declaration.ts";
import { UnknownCommandError } from "../declare/registry.ts";
import { UnstableNameError } from "../declare/unstable-name.ts";

/** Seconds. */
const FIRST_PAUSE = 5;
const LONGEST_PAUSE = 300;
/** So many pauses are ten minutes: 5, 10, 20, 40, 80, 160 and 300 seconds. */
const MOST_PAUSES = 7;
/** Seconds for which a deploy may take to replace the workers. */
const DEPLOY = 600;

/**
 * How a run ends of a job that is left to others. It goes back by way of the schedule, and the
 * later the more often that happened: put back at once, it would go round in the queue.
 *
 * @returns `undefined` where its class is known, or where it is to fail.
 */
export function outcomeOfUnknown(run: JobRun, error: unknown): Outcome | undefined {
  // An error of that class out of a job that runs is another's: its own is known.
  if (run.target !== undefined || !isOfOthers(error)) {
    return undefined;
  }
  const { left_count: left } = run.record;
  const count = isCount(left) ? Math.max(left, 0) : 0;
  const isLeaving = run.environment.onUnknownJob === "leave";
  if (!isLeaving && !isToWait(run, error, count)) {
    return undefined;
  }
  const delay = Math.min(FIRST_PAUSE * 2 ** count, LONGEST_PAUSE);
  const isLoud = isLeaving ? delay === LONGEST_PAUSE : count === 0;
  const reason = error instanceof UnknownCommandError ? "it is not registered here" : error.message;
  const text = `Left ${run.className} to others, again in ${delay} s: ${reason}`;
  run.log(isLoud ? "warn" : "info", { leftFor: delay }, text);
  return run.requeue(delay, { left_count: count + 1 });
}

function isOfOthers(error: unknown): error is Error {
  return (
    error instanceof UnknownCommandError ||
    error instanceof OtherDeclarationError ||
    error instanceof UnstableNameError
  );
}

/**
 * Whether others may know it: while a deploy is under way, jobs of new code meet workers of the
 * old. Such a worker is older than the job; or the job is young, and the worker was replaced by
 * another of the same age.
 */
function isToWait({ environment, record }: JobRun, error: Error, count: number): boolean {
  const { adapter, startedAt = Infinity } = environment;
  if (!adapter.capabilities.persistent || count >= MOST_PAUSES || hasFailedSo(record, error)) {
    return false;
  }
  const createdAt = readTimestamp(record.created_at) ?? -Infinity;
  return (
    !(error instanceof UnknownCommandError) ||
    startedAt < createdAt ||
    clock.now() - createdAt < DEPLOY
  );
}

/** The class was waited for before, and in vain. */
function hasFailedSo({ error_class: errorClass }: JobRun["record"], error: Error): boolean {
  return errorClass === error.name;
}
