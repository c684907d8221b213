import type { Outcome } from "../adapters/adapter.ts";
import { isCount } from "./failure-fields.ts";
import type { JobRun } from "./job-run.ts";
import { UnknownCommandError } from "./registry.ts";

/** Seconds. */
const FIRST_PAUSE = 5;
const LONGEST_PAUSE = 300;

/**
 * How a run ends of a job that is left to others. It goes back by way of the schedule, and the later the
 * more often that happened: put back at once, it would go round in the queue.
 *
 * @returns `undefined` where its class is known, or where the worker leaves nothing.
 */
export function outcomeOfUnknown(run: JobRun, error: unknown): Outcome | undefined {
  const { environment, record } = run;
  // An error of that class out of a job that runs is another's: its own is known.
  const isUnknown = run.target === undefined && error instanceof UnknownCommandError;
  if (!isUnknown || environment.onUnknownJob !== "leave") {
    return undefined;
  }
  const { left_count: left } = record;
  const count = isCount(left) ? Math.max(left, 0) : 0;
  const delay = Math.min(FIRST_PAUSE * 2 ** count, LONGEST_PAUSE);
  const text = `Left ${run.className} to others, again in ${delay} s: it is not registered here`;
  run.log(delay < LONGEST_PAUSE ? "info" : "warn", { leftFor: delay }, text);
  return run.requeue(delay, { left_count: count + 1 });
}
