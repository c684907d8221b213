import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { type Duration, InvalidDurationError, seconds } from "../../src/support/duration.ts";

const FORMS =
  'Write a number of seconds, or a string such as "30s", "5 minutes", "1.5 hours", "2 days" or "1 week"';
const fromHeader = ". What a server's Retry-After header says is retryAfter(response)";

describe("seconds", () => {
  it.each([
    [0, 0],
    [30, 30],
    [0.25, 0.25],
    ["0 seconds", 0],
    ["30s", 30],
    ["45 sec", 45],
    ["1 second", 1],
    [".5 s", 0.5],
    ["10m", 600],
    ["5 min", 300],
    ["1 minute", 60],
    ["5 minutes", 300],
    ["1.5 hours", 5400],
    ["1hour", 3600],
    ["2h", 7200],
    ["2 days", 172_800],
    ["1 day", 86_400],
    ["3d", 259_200],
    ["1 week", 604_800],
    ["2 weeks", 1_209_600],
    ["1w", 604_800],
  ] as const)("reads %j", (duration, expected) => {
    expect(seconds(duration)).toBe(expected);
  });

  it("gives a number back as it is", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(seconds(number)).toBe(number);
      }),
    );
  });

  it.each([
    ["-1", -1, "it is negative"],
    ["NaN", Number.NaN, `it is not a number${fromHeader}`],
    ["Infinity", Infinity, "it never ends"],
    ["-Infinity", -Infinity, "it is negative"],
    ['"-5 minutes"', "-5 minutes", "it is negative"],
    ['"5 minuets"', "5 minuets", '"minuets" is not a unit of time', ' Did you mean "5 minutes"?'],
    ['"5 Minutes"', "5 Minutes", '"Minutes" is not a unit of time', ' Did you mean "5 minutes"?'],
    ['"1.5hrs"', "1.5hrs", '"hrs" is not a unit of time', ' Did you mean "1.5 hours"?'],
    ['"250ms"', "250ms", '"ms" is not a unit of time', ' Did you mean "0.25s"?'],
    [
      '"3 months"',
      "3 months",
      '"months" is not a unit of time',
      " Months and years are of no one length: write days.",
    ],
    ['"5 toString"', "5 toString", '"toString" is not a unit of time'],
    ['"5"', "5", `it has no unit: give 5, or "5s"${fromHeader}`],
    ['"0.5"', "0.5", `it has no unit: give 0.5, or "0.5s"${fromHeader}`],
    ['""', "", "it is not a number followed by a unit"],
    ['"soon"', "soon", "it is not a number followed by a unit"],
    ['"5  minutes"', "5  minutes", "it is not a number followed by a unit"],
    ['"1 hour 5 minutes"', "1 hour 5 minutes", "it is not a number followed by a unit"],
    ['"1e3 s"', "1e3 s", "it is not a number followed by a unit"],
    ["Infinity", `${"9".repeat(400)}s`, "it never ends"],
    ["a value of type undefined", undefined, `it is neither a number nor a string${fromHeader}`],
    ["null", null, `it is neither a number nor a string${fromHeader}`],
    ["a value of type bigint", 5n, "it is neither a number nor a string"],
    ["a value of type object", new Date(0), "it is neither a number nor a string"],
  ])("refuses %s", (shown, duration, reason, meant = "") => {
    const error = thrownBy(() => seconds(duration as Duration));

    expect(error).toBeInstanceOf(InvalidDurationError);
    expect(error).toMatchObject({
      name: "InvalidDurationError",
      code: "MANDATE_INVALID_DURATION",
      message: `Cannot read ${shown} as a duration: ${reason}.${meant} ${FORMS}`,
    });
  });
});

describe("Duration", () => {
  it("is checked by the compiler", () => {
    expectTypeOf<"5 minutes">().toExtend<Duration>();
    expectTypeOf<"30s">().toExtend<Duration>();
    expectTypeOf<"1.5 hours">().toExtend<Duration>();
    expectTypeOf<"5 minuets">().not.toExtend<Duration>();
    expectTypeOf<"minutes">().not.toExtend<Duration>();
    expectTypeOf<"5">().not.toExtend<Duration>();
    expectTypeOf<string>().not.toExtend<Duration>();
  });
});

function thrownBy(body: () => unknown): unknown {
  try {
    return body();
  } catch (error) {
    return error;
  }
}
