import { describe, expect, it } from "vitest";
import { Tokens } from "../../src/adapters/tokens.ts";

describe("tokens of windows by the clock", () => {
  it.each([0.05, 0.1, 0.3, 1, 7, 60])("of %d s are as many in each of them", (seconds) => {
    const tokens = new Tokens({ to: 1, seconds, burst: 1, aligned: true });
    const first = Math.ceil(1_764_378_000 / seconds);

    const spent = Array.from({ length: 2_000 }, (_, index) => {
      // By a clock of milliseconds, as it is at the very beginning, and right before the end.
      const window = [0, 0.001, seconds - 0.001].map(
        (after) => Math.round(((first + index) * seconds + after) * 1000) / 1000,
      );
      return window.filter((now) => {
        const isDue = tokens.dueAt(now) === now;
        if (isDue) tokens.spend(now);
        return isDue;
      }).length;
    });

    expect(new Set(spent)).toEqual(new Set([1]));
  });
});
