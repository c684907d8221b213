import { types } from "node:util";
import type { PrereqFailure } from "../../adapters/adapter.ts";
import { readPrereqFailure } from "../../adapters/job-record.ts";
import { clock } from "../../support/clock.ts";
import { seconds, type Duration } from "../../support/duration.ts";
import { isValidDate } from "../../support/realms.ts";
import { checkInteger, checkName, checkOptionNames, describe } from "../checks/checks.ts";
import { checkTraitOptions, traitOptionNames } from "../declare/declarations.ts";
import { otherDeferOptions } from "../checks/other-words.ts";
import { checkPrereqJob, type PrereqJob } from "./prereq-job.ts";
import { warnOfMilliseconds } from "../declare/likely-milliseconds.ts";

/** How one job is enqueued, over what its class declares. */
export interface DeferralOptions {
  /** From now: a number of **seconds**, or a string such as `"5 minutes"`. */
  readonly wait?: Duration | undefined;
  /** When it is due; a past date is at once. Not together with `wait`. */
  readonly waitUntil?: Date | undefined;
  /** @default what `queueAs` says */
  readonly queue?: string | undefined;
  /** An integer, the smaller first. @default what `queueWithPriority` says */
  readonly priority?: number | undefined;
  /** Jobs that must be finished before this one starts: their handles, jids, or records. */
  readonly prereqJobs?: readonly PrereqJob[] | undefined;
  /**
   * What becomes of this job when a prerequisite is over without success: because it is dead, or
   * was discarded, cancelled or deleted. `"release"` starts it all the same, `"bury"` sends it to
   * the dead set, `"cancel"` cancels it, and what waits for it follows by its own rule. One that
   * failed up to an hour before this job is deferred counts, too. @default "release"
   */
  readonly prereqFailure?: PrereqFailure | undefined;
  /**
   * The job's id, 24 lowercase hex digits as a rule. One the store holds makes no second job, nor
   * does one whose job has been over for less than ten minutes, unless that was cancelled or
   * deleted.
   */
  readonly jid?: string | undefined;
  /**
   * A name, under which each of its runs is profiled: `mandate profiles list` has what was
   * recorded, for a day.
   */
  readonly profile?: string | undefined;
}

const ownOptions: readonly (keyof DeferralOptions)[] = [
  "wait",
  "waitUntil",
  "queue",
  "priority",
  "prereqJobs",
  "prereqFailure",
  "jid",
  "profile",
];

let ofTraits: readonly string[] = [];
let all: readonly string[] = ownOptions;

/**
 * All options, those of traits included. Asked for at each `defer` whose last argument is an
 * object.
 */
export function deferOptionNames(): readonly string[] {
  const found = traitOptionNames();
  if (found !== ofTraits) {
    ofTraits = found;
    all = [...ownOptions, ...found];
  }
  return all;
}

/**
 * @param where The class, for messages.
 * @throws {UnknownOptionError} if there is a key that is no option.
 * @throws {InvalidDurationError} if `wait` is none.
 * @throws {TypeError | RangeError} if another value is of the wrong type or range.
 */
export function checkDeferOptions(options: DeferralOptions, where: string): void {
  checkOptionNames(options, deferOptionNames(), `the options of ${where}`, otherDeferOptions);
  const { wait, waitUntil, queue, priority, prereqJobs, prereqFailure, jid, profile } = options;
  if (wait !== undefined) {
    seconds(wait, `wait of ${where}`);
    warnOfMilliseconds(wait, `wait of ${where}`);
    if (waitUntil !== undefined) {
      throw new TypeError(`Cannot defer ${where} with both wait and waitUntil: give one of them`);
    }
  }
  if (waitUntil !== undefined && !isValidDate(waitUntil)) {
    const found = types.isDate(waitUntil) ? "an invalid Date" : describe(waitUntil);
    throw new RangeError(`Cannot use ${found} as waitUntil of ${where}: give a valid Date`);
  }
  if (queue !== undefined) {
    checkName(queue, `the options of ${where}`, "a queue");
  }
  if (priority !== undefined) {
    checkInteger(priority, `priority of ${where}`, Number.MIN_SAFE_INTEGER);
  }
  if (prereqJobs !== undefined) {
    checkPrereqJobs(prereqJobs, where);
  }
  if (prereqFailure !== undefined && readPrereqFailure(prereqFailure) !== prereqFailure) {
    throw new TypeError(
      `Cannot use ${describe(prereqFailure)} as prereqFailure of ${where}: give "release", "bury" or "cancel"`,
    );
  }
  if (jid !== undefined) {
    checkName(jid, `the options of ${where}`, "a jid");
  }
  if (profile !== undefined) {
    checkName(profile, `the options of ${where}`, "the name of a profile");
  }
  checkTraitOptions(options, where);
}

/**
 * When the job is due, in epoch seconds; `undefined` for at once.
 *
 * @param waits Seconds, where the options do not say.
 * @throws {RangeError} if that is later than a Date can say.
 */
export function dueAt(
  options: DeferralOptions | undefined,
  where: string,
  waits?: number,
): number | undefined {
  const wait = options?.wait ?? waits;
  const waitUntil = options?.waitUntil;
  if (wait === undefined && waitUntil === undefined) {
    return undefined;
  }
  const now = clock.now();
  const at = waitUntil === undefined ? now + seconds(wait ?? 0) : waitUntil.getTime() / 1000;
  if (at > LATEST_DATE) {
    throw new RangeError(
      `Cannot use ${describe(wait)} as wait of ${where}: no date is that far away. Give a shorter time`,
    );
  }
  return at > now ? at : undefined;
}

/** Epoch seconds. */
const LATEST_DATE = 8.64e12;

function checkPrereqJobs(prereqJobs: readonly unknown[], where: string): void {
  if (!Array.isArray(prereqJobs)) {
    throw new TypeError(
      `Cannot use ${describe(prereqJobs)} as prereqJobs of ${where}: give an array of jobs or jids`,
    );
  }
  for (const job of prereqJobs) {
    checkPrereqJob(job, where);
  }
}
