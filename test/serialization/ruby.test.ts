import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { serializeArguments, deserializeArguments } from "../../src/serialization/native-format.ts";
import { ruby } from "../../src/serialization/ruby.ts";
import { InvalidDurationError } from "../../src/support/duration.ts";

async function throughNative(...args: readonly unknown[]): Promise<unknown[]> {
  const written = serializeArguments(args, { className: "Example" });
  const { args: json, meta } = JSON.parse(JSON.stringify(written)) as typeof written;
  return deserializeArguments(json, meta);
}

describe("ruby", () => {
  it("makes values that the native format carries as what a command gets from Ruby", async () => {
    const price = ruby.bigDecimal("1.10");
    const symbol = ruby.symbol("x");
    const range = ruby.range(price, null, { excludeEnd: true });
    const values = [ruby.float(1), symbol, symbol, ruby.duration("2m"), ruby.date("2024-02-29")];

    const args = await throughNative(...values, ruby.module("User"), price, range, [price]);

    expect(args).toEqual([1, "x", "x", 120, "2024-02-29", "User", price, range, [price]]);
  });

  it.each([
    [90, { seconds: 90 }],
    ["30s", { seconds: 30 }],
    ["5 minutes", { minutes: 5 }],
    ["1.5 hours", { hours: 1.5 }],
    ["2 days", { days: 2 }],
    ["1 week", { weeks: 1 }],
  ] as const)("takes %s for a duration", (duration, parts) => {
    expect(ruby.duration(duration)).toMatchObject({ parts });
  });

  it("takes the day of a Date in UTC", () => {
    expect(String(ruby.date(new Date("2024-02-29T23:59:59Z")))).toBe("2024-02-29");
  });

  it("shows a big decimal for what it is", () => {
    expect(inspect(ruby.bigDecimal(2n))).toBe("BigDecimal(2)");
  });

  it.each<[string, () => unknown, Error]>([
    [
      "an infinite Float",
      () => ruby.float(Infinity),
      new RangeError("Cannot make a Float of Infinity: JSON has none. Give a finite number"),
    ],
    [
      "a Symbol without a name",
      () => ruby.symbol(""),
      new TypeError("Cannot make a Symbol: its name is no text. Give a string"),
    ],
    [
      "a BigDecimal of words",
      () => ruby.bigDecimal("one"),
      new TypeError(
        'Cannot make a BigDecimal: what was given is no decimal number. Give one such as "1.10"',
      ),
    ],
    [
      "a Date that is no day",
      () => ruby.date("2024-13-01"),
      new TypeError('Cannot make a Date: what was given is no day such as "2024-02-29"'),
    ],
    [
      "a duration of unknown parts",
      () => ruby.duration({ fortnights: 1 } as object),
      new TypeError(
        "Cannot make a duration: its parts are numbers of seconds, minutes, hours, days, weeks, months, years",
      ),
    ],
  ])("refuses %s", (_what, make, error) => {
    expect(make).toThrow(error);
  });

  it("refuses a duration that is none", () => {
    expect(() => ruby.duration("5 minuets" as "5 minutes")).toThrow(InvalidDurationError);
  });
});
