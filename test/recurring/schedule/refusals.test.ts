import { describe, expect, it } from "vitest";
import { InvalidScheduleError } from "../../../src/recurring/schedule/invalid-schedule-error.ts";
import type { ScheduleText } from "../../../src/recurring/schedule/schedule-text.ts";
import { Schedule } from "../../../src/recurring/schedule/schedule.ts";
import { refusals } from "./refusals.ts";

const written = 'Write a cron such as "30 9 * * mon-fri", or a phrase such as "every 15 minutes"';

describe("a schedule that cannot be read", () => {
  it.each(refusals.map(([text, reason, at]) => ({ text, reason, at })))(
    "$text",
    ({ text, reason, at }) => {
      const error = refused(text);

      expect(error).toMatchObject({
        name: "InvalidScheduleError",
        code: "MANDATE_INVALID_SCHEDULE",
        message: `Cannot read ${JSON.stringify(text)} as a schedule: ${reason}`,
        text,
        at,
      });
    },
  );

  it("is longer than anybody writes one", () => {
    const text = "every day ".repeat(26);

    expect(refused(text).message).toBe(
      `Cannot read ${JSON.stringify(text)} as a schedule: it is longer than 256 characters. Write several schedules`,
    );
  });

  it.each([
    [null, "null"],
    [42, "of type number"],
    [{ cron: "* * * * *" }, "of type object"],
  ])("is no text: %j", (given, what) => {
    expect(refused(given as unknown as ScheduleText).message).toBe(
      `Cannot read a schedule: it is neither a text nor { every }, but ${what}. ${written}`,
    );
  });

  it("has a time zone by default that is none", () => {
    expect(() => Schedule.parse("every day", { timeZone: "Europe/Amstrdam" })).toThrow(
      new InvalidScheduleError(
        'Cannot read "every day" as a schedule: its time zone "Europe/Amstrdam" is none. Write a name such as ' +
          '"Europe/Amsterdam", "UTC" or an offset such as "+05:30". Did you mean "Europe/Amsterdam"?',
        { text: "every day" },
      ),
    );
  });

  it.each([[0], [0.5]])("is an interval of %d", (every) => {
    expect(refused({ every }).message).toBe(
      `Cannot read ${every} as an interval: it is not one or more whole seconds. Write "30s", "15 minutes" or "2 days"`,
    );
  });

  it("is an interval that is no duration", () => {
    const error = refused({ every: "5 minuets" as "5 minutes" });

    expect(error.message).toBe(
      'Cannot read "5 minuets" as an interval: "minuets" is not a unit of time. Did you mean "5 minutes"? Write a number ' +
        'of seconds, or a string such as "30s", "5 minutes", "1.5 hours", "2 days" or "1 week"',
    );
    expect(error.cause).toMatchObject({ code: "MANDATE_INVALID_DURATION" });
  });
});

function refused(text: ScheduleText): Error {
  try {
    Schedule.parse(text);
  } catch (error) {
    return error as Error;
  }
  throw new Error("it was read");
}
