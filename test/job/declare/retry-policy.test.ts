import { InvalidDurationError, type RetryWait } from "mandate";
import { afterEach, describe, expect, it, vi } from "vitest";
import { checkWait, retryOnDelay, sidekiqDelay } from "../../../src/job/declare/retry-policy.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** The highest number that `Math.random` returns. */
const HIGHEST = 1 - 2 ** -53;

function chance(random: number): void {
  vi.spyOn(Math, "random").mockReturnValue(random);
}

describe("checkWait", () => {
  it.each([
    ["exponentially_longer", "exponentially"],
    [":exponentially_longer", "exponentially"],
    ["exponential", "exponentially"],
    ["ExponentiallyLonger", "exponentially"],
    ["polynomially_longer", "polynomially"],
    ["Polynomial", "polynomially"],
  ])("says what %s is called", (wait, meant) => {
    expect(() => checkWait(wait as RetryWait, "wait of retryOn of Charge")).toThrow(
      new InvalidDurationError(
        `Cannot use "${wait}" as wait of retryOn of Charge: it is neither a duration, nor "polynomially" or "exponentially". ` +
          `Did you mean "${meant}"?`,
      ),
    );
  });
});

describe("sidekiqDelay", () => {
  it.each([
    [0, 15, 24],
    [1, 16, 35],
    [2, 31, 60],
    [24, 331_791, 332_040],
  ])("after retry %i is %i to %i seconds, whole ones", (count, least, most) => {
    chance(0);
    expect(sidekiqDelay(count)).toBe(least);

    chance(HIGHEST);
    expect(sidekiqDelay(count)).toBe(most);
  });

  it("spans about three weeks in 25 retries", () => {
    chance(0.5);

    const delays = Array.from({ length: 25 }, (_, count) => sidekiqDelay(count));
    const days = delays.reduce((sum, delay) => sum + delay, 0) / 86_400;

    expect(days).toBeCloseTo(20.4, 0);
  });
});

describe("retryOnDelay", () => {
  const error = new Error("broken");

  it("is the wait and a random part on top, at most its share", () => {
    const rule = { wait: "2 minutes", jitter: 0.15 } as const;

    chance(0);
    expect(retryOnDelay(rule, 1, error)).toBe(120);

    chance(HIGHEST);
    expect(retryOnDelay(rule, 9, error)).toBeCloseTo(138);
  });

  it("is exact without jitter", () => {
    chance(HIGHEST);

    expect(retryOnDelay({ wait: 3, jitter: 0 }, 1, error)).toBe(3);
  });

  it.each(["polynomially", "exponentially"] as const)("grows %s as Rails's", (wait) => {
    chance(0);
    const delays = [1, 2, 3, 4].map((runs) => retryOnDelay({ wait, jitter: 0.15 }, runs, error));
    expect(delays).toEqual([3, 18, 83, 258]);

    chance(HIGHEST);
    expect(retryOnDelay({ wait, jitter: 0.15 }, 2, error)).toBeCloseTo(16 * 1.15 + 2);
  });

  it("asks a function for it, which gets no jitter", () => {
    chance(HIGHEST);
    const asked: unknown[] = [];
    const wait = (executions: number, cause: unknown) => {
      asked.push(executions, cause);
      return "1 hour" as const;
    };

    expect(retryOnDelay({ wait, jitter: 0.15 }, 4, error)).toBe(3600);
    expect(asked).toEqual([4, error]);
  });

  it("refuses what a function returns that is no duration", () => {
    const wait = () => -1;

    expect(() => retryOnDelay({ wait, jitter: 0 }, 1, error)).toThrow(InvalidDurationError);
  });

  it("refuses a function's time that no date is away, and its promise, which may reject", () => {
    const far = () => 1e15;
    const late = () => Promise.reject(new Error("late")) as never;

    expect(() => retryOnDelay({ wait: far, jitter: 0 }, 1, error)).toThrow(
      new InvalidDurationError(
        "Cannot use 1000000000000000 seconds as the wait of a retryOn: no date is that far away. Give less",
      ),
    );
    expect(() => retryOnDelay({ wait: late, jitter: 0 }, 1, error)).toThrow(InvalidDurationError);
  });
});
