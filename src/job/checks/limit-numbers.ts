import type { Rate } from "../../adapters/hold.ts";
import { seconds, type Duration } from "../../support/duration.ts";
import { checkInteger, describe } from "./checks.ts";

/** How fast jobs may start. */
export interface RateNumbers {
  /** How many start in `per`, on average; `Infinity`: any number. */
  readonly to: number;
  /** In which time: **seconds**, or a string such as `"1 minute"`. */
  readonly per: Duration;
  /**
   * How many may start at once, where none did before. In any window of w seconds no more start
   * than w × `to` / `per` + `burst`.
   *
   * @default a tenth of `to`, at least 1
   */
  readonly burst?: number | undefined;
}

/** @throws {RangeError} if so many cannot be said to be the most. */
export function checkMost(to: unknown, where: string): asserts to is number {
  if (to !== Infinity && !(Number.isSafeInteger(to) && (to as number) >= 1)) {
    throw new RangeError(
      `Cannot use ${describe(to)} as ${where}: give an integer of at least 1, or Infinity`,
    );
  }
}

/**
 * What a store is told of a rate; `undefined` of one without an end.
 *
 * @param where Whose it is, for messages.
 * @throws {RangeError} if a number is out of range.
 * @throws {InvalidDurationError} if `per` is none.
 */
export function rateOf({ to, per, burst }: RateNumbers, where: string): Rate | undefined {
  checkMost(to, `to in ${where}`);
  const time = checkPer(per, where);
  checkBurst(burst, where);
  return to === Infinity ? undefined : { to, seconds: time, burst: burst ?? usualBurst(to) };
}

/** @returns seconds. */
export function checkPer(per: Duration, where: string): number {
  const time = seconds(per, `per in ${where}`);
  if (time === 0) {
    throw new RangeError(
      `Cannot use ${describe(per)} as per in ${where}: give more than 0 seconds`,
    );
  }
  return time;
}

export function checkBurst(burst: number | undefined, where: string): void {
  if (burst !== undefined) {
    checkInteger(burst, `burst in ${where}`, 1);
  }
}

export function usualBurst(to: number): number {
  return Math.max(1, Math.floor(to / 10));
}
