import { types } from "node:util";
import { seconds, type Duration } from "../../support/duration.ts";
import { leaveAlone } from "../../support/leave-alone.ts";
import { readOr } from "../../support/thrown.ts";
import { describeType } from "../checks/checks.ts";
import type { JobRun } from "../inside/job-run.ts";
import { isFarAway } from "../checks/last-date.ts";
import { retryInTrait } from "../declare/retries.ts";
import { warnOfMilliseconds } from "../declare/likely-milliseconds.ts";
import { sidekiqDelay } from "../declare/retry-policy.ts";
import type { Target } from "../record/target.ts";

/** Classes that were told of: each is once, since it may answer so at each failure. */
const warnedOf = new WeakSet<object>();

/**
 * When a failed job comes again that no rule of its class is for: by its `retryIn`, else by
 * Sidekiq's formula.
 *
 * @param count Retries so far: 0 after the first failure.
 */
export function delayByClass(
  run: JobRun,
  count: number,
  error: unknown,
): number | "discard" | "kill" {
  const retryIn = retryInTrait.of(run.declarations);
  if (retryIn === undefined) {
    return sidekiqDelay(count);
  }
  try {
    const wanted: unknown = retryIn(count, error);
    if (wanted === "discard" || wanted === "kill") {
      return wanted;
    }
    // As in Ruby, no answer stands for the default.
    if (wanted != null && wanted !== "default") {
      const delay = readOr(undefined, () => seconds(wanted as Duration));
      if (delay !== undefined && delay > 0 && !isFarAway(delay)) {
        warnOfMilliseconds(wanted, `retryIn of ${run.className}`);
        return delay;
      }
      refuse(run, wanted);
    }
  } catch (retryInError) {
    const text = `retryIn of ${run.className} threw; using the default`;
    run.log("warn", { err: retryInError }, text);
  }
  return sidekiqDelay(count);
}

function refuse(run: JobRun, wanted: unknown): void {
  leaveAlone(wanted);
  const { runnable } = run.target as Target;
  if (!warnedOf.has(runnable)) {
    warnedOf.add(runnable);
    run.log(
      "warn",
      {},
      `Cannot use what retryIn of ${run.className} returned: ${found(wanted)}. The default is used: ` +
        'return seconds above 0, a duration such as "5 minutes", "default", "discard" or "kill"',
    );
  }
}

function found(wanted: unknown): string {
  if (types.isPromise(wanted)) {
    return "a promise, which is not waited for";
  }
  if (typeof wanted !== "number") {
    return typeof wanted === "string"
      ? "a string that is no duration"
      : readOr("an object", () => describeType(wanted));
  }
  if (Number.isNaN(wanted)) {
    return "NaN";
  }
  return wanted > 0
    ? "a number of seconds that no date is away"
    : "a number of seconds that is not above 0";
}
