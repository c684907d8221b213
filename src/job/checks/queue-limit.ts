import type { Rate } from "../../adapters/hold.ts";
import type { KeyLimit } from "../../adapters/holds.ts";
import { counted, spoken } from "../../support/wording.ts";
import { checkOptionNames, describe } from "./checks.ts";
import { checkMost, rateOf, type RateNumbers } from "./limit-numbers.ts";

/**
 * How many jobs of a queue run at once, how many start in which time, or both. It holds for all of
 * its jobs, also those that Ruby enqueued.
 */
export interface QueueLimit {
  /** How many run at once, in all workers of this library together. @default any number */
  readonly concurrency?: number;
  /** How many start in which time. @default any number */
  readonly rate?: RateNumbers;
}

/**
 * What a store is told of a queue's limit.
 *
 * @param where Whose it is, for messages.
 * @throws {TypeError | RangeError} if it is none, or a number is out of range.
 * @throws {UnknownOptionError} if there is no such option.
 * @throws {InvalidDurationError} if `per` is none.
 */
export function keyLimitOf(limit: QueueLimit | false, where: string): KeyLimit {
  if (limit === false) {
    return { to: Infinity };
  }
  checkOptionNames(limit, ["concurrency", "rate"], where);
  const { concurrency, rate } = limit;
  if (concurrency === undefined && rate === undefined) {
    throw new TypeError(
      `Cannot use ${describe(limit)} as ${where}: give concurrency, rate or both, or false for no limit`,
    );
  }
  if (concurrency !== undefined) {
    checkMost(concurrency, `concurrency in ${where}`);
  }
  if (rate === undefined) {
    return { to: concurrency ?? Infinity };
  }
  const name = `the rate in ${where}`;
  checkOptionNames(rate, ["to", "per", "burst"], name);
  const found = rateOf(rate, name);
  return { to: concurrency ?? Infinity, ...(found !== undefined && { rate: found }) };
}

/** "4 at once, 100 in 1m"; "no limit". */
export function spokenLimit({ to = Infinity, rate }: SpokenLimit): string {
  const atOnce = to === Infinity ? [] : [`${counted(to)} at once`];
  const inTime = rate === undefined ? [] : [`${counted(rate.to)} in ${spoken(rate.seconds)}`];
  return [...atOnce, ...inTime].join(", ") || "no limit";
}

interface SpokenLimit {
  readonly to?: number | undefined;
  readonly rate?: Rate | undefined;
}
