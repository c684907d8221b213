import { inspect, types } from "node:util";
import { describe } from "../job/checks/checks.ts";
import { seconds, type Duration } from "../support/duration.ts";
import { isValidDate } from "../support/realms.ts";
import type { AsymmetricMatcher } from "./asymmetric-matcher.ts";

/**
 * A time that need not be met exactly: usable as `at`, in `args`, and where a test runner takes
 * asymmetric matchers.
 *
 * @example
 * ```ts
 * import { Command } from "mandate";
 * import { assertEnqueuedWith, within } from "mandate/testing";
 *
 * class Remind extends Command {
 *   call() {}
 * }
 *
 * const inAnHour = new Date(Date.now() + 3_600_000);
 * await assertEnqueuedWith({ command: Remind, at: within("1 second").of(inAnHour) }, () =>
 *   Remind.defer({ wait: "1 hour" }),
 * );
 * ```
 *
 * @param tolerance How far off it may be, earlier or later, in **seconds** or as a string; that
 *   much is within.
 * @throws {InvalidDurationError} if the tolerance is no duration.
 */
export function within(tolerance: Duration): { of(date: Date): TimeMatcher } {
  const toleranceMs = seconds(tolerance) * 1000;
  return { of: (date) => new TimeMatcher(date, toleranceMs) };
}

/** Stands for the dates around one. */
export class TimeMatcher implements AsymmetricMatcher {
  /** By this vitest and Jest know what to ask. */
  readonly $$typeof: symbol = Symbol.for("jest.asymmetricMatcher");
  readonly #date: Date;
  readonly #toleranceMs: number;

  /** @internal */
  constructor(date: Date, toleranceMs: number) {
    if (!isValidDate(date)) {
      const found = types.isDate(date) ? "an invalid Date" : describe(date);
      throw new TypeError(`Cannot look for times around ${found}: give of() a valid Date`);
    }
    this.#date = date;
    this.#toleranceMs = toleranceMs;
  }

  /** Whether it is a date, and near enough. */
  asymmetricMatch(value: unknown): boolean {
    return (
      types.isDate(value) && Math.abs(value.getTime() - this.#date.getTime()) <= this.#toleranceMs
    );
  }

  /** As messages show it. */
  toString(): string {
    return `within ${this.#toleranceMs / 1000} s of ${this.#date.toISOString()}`;
  }

  /** As vitest's and Jest's differences show it. */
  toAsymmetricMatcher(): string {
    return this.toString();
  }

  /** @internal */
  [inspect.custom](): string {
    return this.toString();
  }
}
