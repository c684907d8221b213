import { seconds, type Duration } from "../../support/duration.ts";
import { checkInteger, checkOptionNames } from "../checks/checks.ts";
import { checkDate } from "../checks/last-date.ts";

/** How many finished jobs of a class are kept, and for how many seconds. */
export interface KeepFinished {
  readonly count: number;
  readonly seconds: number;
}

/**
 * How long finished jobs are kept: a number is how many of a class, for a week at most; a text is for how long, 10,000 of a class
 * at most; an object says both, its `age` in **seconds** or as a string; `false` keeps none.
 */
export type FinishedLimit =
  number | Exclude<Duration, number> | { readonly count?: number; readonly age?: Duration } | false;

const MOST = 10_000;
const WEEK = 7 * 24 * 60 * 60;

/** @throws {TypeError | RangeError | InvalidDurationError} if it is none. */
export function readFinishedLimit(limit: FinishedLimit, where: string): KeepFinished | false {
  if (limit === false) {
    return false;
  }
  const bounds =
    typeof limit === "number"
      ? { count: limit }
      : typeof limit === "string"
        ? { age: limit }
        : limit;
  checkOptionNames(bounds, ["count", "age"], where);
  const { count = MOST, age = WEEK } = bounds;
  checkInteger(count, `count in ${where}`, 1);
  const kept = checkDate(seconds(age, `age in ${where}`), `age in ${where}`);
  if (kept === 0) {
    throw new RangeError(`Cannot use 0 as age in ${where}: give a duration above 0, or false`);
  }
  return { count, seconds: kept };
}
