import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { InvalidDurationError } from "mandate";
import { within } from "mandate/testing";

const date = new Date("2026-01-01T00:00:00Z");
const later = (ms: number) => new Date(date.getTime() + ms);

describe("within", () => {
  it.each([
    [later(0), true],
    [later(1000), true],
    [later(-1000), true],
    [later(1001), false],
    [later(-1001), false],
    [new Date(Number.NaN), false],
    [date.getTime(), false],
    [undefined, false],
  ])("stands for dates so near, and nothing else: %s", (value, expected) => {
    expect(within("1 second").of(date).asymmetricMatch(value)).toBe(expected);
  });

  it("is understood by vitest's own matchers", () => {
    expect({ at: later(5) }).toEqual({ at: within(1).of(date) });
    expect({ at: later(5000) }).not.toEqual({ at: within(1).of(date) });
  });

  it("says what it stands for", () => {
    const matcher = within("1.5 minutes").of(date);

    const texts = [String(matcher), matcher.toAsymmetricMatcher(), inspect({ at: matcher })];

    expect(texts).toEqual([
      "within 90 s of 2026-01-01T00:00:00.000Z",
      "within 90 s of 2026-01-01T00:00:00.000Z",
      "{ at: within 90 s of 2026-01-01T00:00:00.000Z }",
    ]);
  });

  it("refuses what is no duration, and what is no date", () => {
    expect(() => within("soon" as never)).toThrow(InvalidDurationError);
    expect(() => within(1).of(5 as never)).toThrow(
      "Cannot look for times around 5: give of() a valid Date",
    );
    expect(() => within(1).of(new Date(Number.NaN))).toThrow(
      "Cannot look for times around an invalid Date: give of() a valid Date",
    );
  });
});
