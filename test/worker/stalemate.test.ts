import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Stalemate } from "../../src/worker/stalemate.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** Fails so often, a second from one time to the next; what the last one came to. */
function fail(stalemate: Stalemate, times: number, isRenewed: boolean): number | undefined {
  let seconds: number | undefined;
  for (let count = 0; count < times; count += 1) {
    seconds = stalemate.failed();
    vi.advanceTimersByTime(1_000);
    if (isRenewed) {
      stalemate.renewed();
    }
  }
  return seconds;
}

describe("Stalemate", () => {
  it("is reached where exchanges fail for long while the lease is renewed", () => {
    const stalemate = new Stalemate(10);

    expect(fail(stalemate, 10, true)).toBeUndefined();
    expect(fail(stalemate, 1, true)).toBe(10);
  });

  it("is not reached while the store is away", () => {
    expect(fail(new Stalemate(10), 100, false)).toBeUndefined();
  });

  it("begins anew once an exchange was answered", () => {
    const stalemate = new Stalemate(10);
    fail(stalemate, 10, true);

    stalemate.served();

    expect(fail(stalemate, 10, true)).toBeUndefined();
  });

  it("is never reached with a lease that does not run out", () => {
    expect(fail(new Stalemate(Infinity), 1_000, true)).toBeUndefined();
  });
});
