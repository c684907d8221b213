import { clock } from "../../support/clock.ts";
import { InvalidDurationError } from "../../support/duration.ts";

/** The last moment that a `Date` can be, epoch seconds. */
const END = 8.64e12;

/** Whether there is no date after that many seconds. */
export function isFarAway(delay: number): boolean {
  return clock.now() + delay > END;
}

/** What formulas make of counts that others wrote into a record may be later than any date. */
export function beforeTheEnd(at: number): number {
  return Math.min(at, END);
}

/** @throws {InvalidDurationError} if there is no date after that many seconds. */
export function checkDate(delay: number, where: string): number {
  if (isFarAway(delay)) {
    throw new InvalidDurationError(
      `Cannot use ${delay} seconds as ${where}: no date is that far away. Give less`,
    );
  }
  return delay;
}
