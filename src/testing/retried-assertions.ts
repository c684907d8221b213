import { AssertionError } from "node:assert";
import { readTimestamp } from "../adapters/job-record.ts";
import { checkInteger, checkOptionNames } from "../job/checks/checks.ts";
import type { JobHandle } from "../job/handle/job-handle.ts";
import { seconds, type Duration } from "../support/duration.ts";
import { retryingJobs } from "./recorded-jobs.ts";
import { checkTestedClass, nameOf, type TestedClass } from "./tested-class.ts";

/** How a retry should be. */
export interface ExpectedRetry {
  /** How long after its failure the job comes again. */
  readonly in?: Duration | undefined;
  /** How far off that may be, earlier or later. @default 1 second */
  readonly within?: Duration | undefined;
  /** Which retry it is, from 1. */
  readonly count?: number | undefined;
}

/**
 * Asserts that a job of a class has failed and waits for its retry: so `retryIn`, `retryOn` and
 * `retry` can be tested.
 *
 * @example
 * ```ts
 * import { Command } from "mandate";
 * import { assertRetried, performEnqueuedJobs, useTestAdapter } from "mandate/testing";
 *
 * class Poll extends Command {
 *   static {
 *     this.retryIn((count) => 5 * (count + 1));
 *   }
 *
 *   call() {
 *     throw new Error("not ready");
 *   }
 * }
 *
 * using _ = useTestAdapter();
 * await Poll.defer();
 * await performEnqueuedJobs().catch(() => undefined); // it rejects with what the job threw
 * assertRetried(Poll, { in: "5 seconds" });
 * ```
 *
 * @returns the job, the earliest that is as expected.
 * @throws {AssertionError} if none is; it shows those that wait for a retry instead.
 * @throws {UnknownOptionError | InvalidDurationError | RangeError} if an option cannot be used.
 */
export function assertRetried(
  wanted: TestedClass | string,
  expected: ExpectedRetry = {},
): JobHandle {
  checkTestedClass(wanted, "the job of assertRetried");
  checkOptionNames(expected, ["in", "within", "count"], "the options of assertRetried");
  const { in: delay, within: tolerance = 1, count } = expected;
  const delayed = delay === undefined ? undefined : seconds(delay, "in of assertRetried");
  const most = seconds(tolerance, "within of assertRetried");
  if (count !== undefined) checkInteger(count, "count of assertRetried", 1);
  const all = retryingJobs();
  const found = retryingJobs(wanted).find(
    (job) =>
      (delayed === undefined || Math.abs(delayOf(job) - delayed) <= most) &&
      (count === undefined || countOf(job) === count),
  );
  if (found !== undefined) return found;
  const asked = [
    ...(delayed === undefined ? [] : [`in ${delayed} s`]),
    ...(count === undefined ? [] : [`for the ${ordinal(count)} time`]),
  ].join(" ");
  throw new AssertionError({
    message:
      `Expected ${nameOf(wanted)} to be retried${asked === "" ? "" : ` ${asked}`}, found` +
      (all.length === 0 ? " no job that waits for a retry" : `:\n${all.map(shown).join("\n")}`),
    operator: "assertRetried",
    expected: { job: nameOf(wanted), ...expected },
    actual: all.map((job) => ({ job: job.className, in: delayOf(job), count: countOf(job) })),
  });
}

/** Seconds from its last failure. */
function delayOf({ record, scheduledAt }: JobHandle): number {
  const failedAt = readTimestamp(record.retried_at) ?? readTimestamp(record.failed_at) ?? NaN;
  return (scheduledAt?.getTime() ?? NaN) / 1000 - failedAt;
}

function countOf({ record }: JobHandle): number {
  return (record.retry_count ?? NaN) + 1;
}

function shown(job: JobHandle): string {
  const delay = Math.round(delayOf(job) * 10) / 10;
  return `  ${job.className} ${job.id}, in ${delay} s for the ${ordinal(countOf(job))} time`;
}

const ENDINGS: Readonly<Record<string, string>> = { one: "st", two: "nd", few: "rd", other: "th" };

function ordinal(count: number): string {
  const rule = new Intl.PluralRules("en", { type: "ordinal" }).select(count);
  return `${count}${ENDINGS[rule]}`;
}
