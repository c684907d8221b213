import { describe, expect, it } from "vitest";
import type { ScheduleOptions } from "../../../src/recurring/schedule/schedule-text.ts";
import { Schedule } from "../../../src/recurring/schedule/schedule.ts";

describe("Schedule.next", () => {
  it.each([
    // The same instants as Fugit 1.5.2 gives.
    ["15/30 * * * *", ["2026-02-27T12:15", "2026-02-27T12:45"]],
    ["0 0 last * *", ["2026-02-28T00:00", "2026-03-31T00:00"]],
    ["0 0 -1 * *", ["2026-02-28T00:00", "2026-03-31T00:00"]],
    ["0 0 -7-L * *", ["2026-02-28T00:00", "2026-03-25T00:00"]],
    ["0 0 25-L/3 * *", ["2026-02-28T00:00", "2026-03-25T00:00", "2026-03-28T00:00"]],
    ["0 7 * * fri#-1", ["2026-03-27T07:00", "2026-04-24T07:00"]],
    ["0 7 * * fri#last", ["2026-03-27T07:00", "2026-04-24T07:00"]],
    ["0 7 * * friL", ["2026-03-27T07:00", "2026-04-24T07:00"]],
    ["0 7 * * 5L", ["2026-03-27T07:00", "2026-04-24T07:00"]],
    ["0 23 * * mon#2,tue", ["2026-03-03T23:00", "2026-03-09T23:00", "2026-03-10T23:00"]],
    ["0 22-4 * * *", ["2026-02-27T22:00", "2026-02-27T23:00", "2026-02-28T00:00"]],
    ["0 0 * * 5-0", ["2026-02-28T00:00", "2026-03-01T00:00", "2026-03-06T00:00"]],
    ["0 0 * * fri-sun", ["2026-02-28T00:00", "2026-03-01T00:00", "2026-03-06T00:00"]],
    ["0 0 28-2 * *", ["2026-02-28T00:00", "2026-03-01T00:00", "2026-03-02T00:00"]],
    ["0 0 1-31 * mon", ["2026-03-02T00:00"]],
    ["0 0 20-19 * mon", ["2026-02-28T00:00"]],
    ["0 24 * * *", ["2026-02-28T00:00"]],
    ["@noon", ["2026-02-27T12:00"]],
    ["@midnight", ["2026-02-28T00:00"]],
    ["@weekly", ["2026-03-01T00:00"]],
    ["@annually Asia/Tokyo", ["2026-12-31T15:00"]],
    ["1,,2 13 * * *", ["2026-02-27T13:01", "2026-02-27T13:02"]],
    ["0 0 1 * mon", ["2026-03-01T00:00", "2026-03-02T00:00", "2026-03-09T00:00"]],
    ["59 6 1-7 * 2&", ["2026-03-03T06:59", "2026-04-07T06:59"]],
    ["59 6 1-7& * 2", ["2026-03-03T06:59", "2026-04-07T06:59"]],
    ["0 12 * * mon%2,wed%3+1", ["2026-03-02T12:00", "2026-03-16T12:00", "2026-03-18T12:00"]],
    ["0 0 29 2 *", ["2028-02-29T00:00", "2032-02-29T00:00"]],
    ["0 0 29 feb mon&", ["2044-02-29T00:00", "2072-02-29T00:00"]],
    ["0 9 * JAN,mar MON-FRI", ["2026-03-02T09:00", "2026-03-03T09:00"]],
    ["0 9 ? * Monday", ["2026-03-02T09:00"]],
    ["*/20 30 12 * * *", ["2026-02-27T12:30", "2026-02-27T12:30:20", "2026-02-27T12:30:40"]],
    ["/20 * * * *", ["2026-02-27T12:00", "2026-02-27T12:20"]],
    ["*/45 * * * *", ["2026-02-27T12:00", "2026-02-27T12:45", "2026-02-27T13:00"]],
    // Quartz's.
    [
      "0 0 15W * *",
      ["2026-03-16T00:00", "2026-04-15T00:00", "2026-05-15T00:00", "2026-06-15T00:00"],
    ],
    ["0 0 1W 8 *", ["2026-08-03T00:00"]],
    ["0 0 LW 1,5 *", ["2026-05-29T00:00", "2027-01-29T00:00"]],
    ["0 0 31W * *", ["2026-03-31T00:00", "2026-05-29T00:00"]],
    // Ours.
    ["0 9 *%2 * *", ["2026-02-28T09:00", "2026-03-02T09:00"]],
    ["0 9 *%2+1 * *", ["2026-03-01T09:00", "2026-03-03T09:00"]],
    ["every 90 minutes", ["2026-02-27T12:00", "2026-02-27T13:30"]],
    ["at 9am, 3pm and 21:30", ["2026-02-27T15:00", "2026-02-27T21:30", "2026-02-28T09:00"]],
  ])("%s", (text, times) => {
    expect(occurrences(text, times.length)).toEqual(times.map((time) => new Date(`${time}Z`)));
  });

  it("is after the time given, by whole seconds", () => {
    const schedule = Schedule.parse("0 12 * * *");

    const after = ["11:59:59.999", "12:00:00.000", "12:00:00.001"].map((time) =>
      schedule.next(new Date(`2026-05-01T${time}Z`)),
    );

    expect(after.map((time) => time?.getUTCDate())).toEqual([1, 2, 2]);
  });

  it("counts intervals from 1970, whatever the time zone", () => {
    const schedule = Schedule.parse({ every: "2 days" }, { timeZone: "Asia/Tokyo" });

    expect(schedule.next(new Date(0))).toEqual(new Date("1970-01-03T00:00:00Z"));
  });

  it("comes no more behind a point in time", () => {
    const schedule = Schedule.parse("@at 2030-01-31T10:00:00+01:00");

    expect(schedule.next(new Date("2030-01-31T08:59:59Z"))).toEqual(
      new Date("2030-01-31T09:00:00Z"),
    );
    expect(schedule.next(new Date("2030-01-31T09:00:00Z"))).toBeUndefined();
  });

  it("refuses a time that is none", () => {
    const schedule = Schedule.parse("every day");
    const error = new RangeError(
      "Cannot look for an occurrence: the time given is an invalid Date. Give a valid one",
    );

    expect(() => schedule.next(new Date("now"))).toThrow(error);
    expect(() => schedule.previous(new Date("now"))).toThrow(error);
  });
});

describe("where clocks change", () => {
  it.each([
    // New York: from 02:00 to 03:00 on 8 March, and back from 02:00 on 1 November.
    [
      "30 2 * * *",
      "America/New_York",
      "2026-03-07T12:00",
      ["2026-03-08T07:00", "2026-03-09T06:30"],
    ],
    [
      "0,30 2 * * *",
      "America/New_York",
      "2026-03-08T06:00",
      ["2026-03-08T07:00", "2026-03-09T06:00"],
    ],
    [
      "0 2,3 * * *",
      "America/New_York",
      "2026-03-08T06:00",
      ["2026-03-08T07:00", "2026-03-09T06:00"],
    ],
    ["*/15 2 * * *", "America/New_York", "2026-03-08T06:00", ["2026-03-09T06:00"]],
    [
      "30 * * * *",
      "America/New_York",
      "2026-03-08T06:00",
      ["2026-03-08T06:30", "2026-03-08T07:30"],
    ],
    [
      "30 1 * * *",
      "America/New_York",
      "2026-11-01T04:00",
      ["2026-11-01T05:30", "2026-11-02T06:30"],
    ],
    [
      "30 * * * *",
      "America/New_York",
      "2026-11-01T05:00",
      ["2026-11-01T05:30", "2026-11-01T06:30"],
    ],
    [
      "*/30 0-3 * * *",
      "America/New_York",
      "2026-11-01T05:00",
      ["2026-11-01T05:30", "2026-11-01T06:00", "2026-11-01T06:30", "2026-11-01T07:00"],
    ],
    ["0 0 * * *", "America/Santiago", "2026-09-05T12:00", ["2026-09-06T04:00", "2026-09-07T03:00"]],
    [
      "15 2 * * *",
      "Australia/Lord_Howe",
      "2026-10-03T12:00",
      ["2026-10-03T15:30", "2026-10-04T15:15"],
    ],
    // Samoa: there was no 30 December 2011.
    ["0 9 30 12 *", "Pacific/Apia", "2011-12-01T00:00", ["2012-12-29T19:00"]],
    ["0 9 * * *", "Pacific/Apia", "2011-12-29T00:00", ["2011-12-29T19:00", "2011-12-30T19:00"]],
    // Casey: three hours back, which the calendar shows twice.
    ["0 1 * * *", "Antarctica/Casey", "2010-03-04T12:00", ["2010-03-04T14:00", "2010-03-04T17:00"]],
  ])("%s in %s from %s", (text, timeZone, from, times) => {
    const found = occurrences(text, times.length, { timeZone, from: new Date(`${from}Z`) });

    expect(found).toEqual(times.map((time) => new Date(`${time}Z`)));
  });
});

describe("Schedule.previous", () => {
  it.each([
    ["every 15 minutes", "2026-02-27T11:45"],
    ["0 0 29 2 *", "2024-02-29T00:00"],
    ["every day at 9am, 11am and 21:30", "2026-02-27T11:00"],
    ["@every 3600s", "2026-02-27T11:00"],
  ])("is the last before a time: %s", (text, time) => {
    const previous = Schedule.parse(text).previous(new Date("2026-02-27T12:00:00Z"));

    expect(previous).toEqual(new Date(`${time}Z`));
  });

  it("is the one under way a moment later", () => {
    const schedule = Schedule.parse("0 12 * * *");

    expect(schedule.previous(new Date("2026-02-27T12:00:00.001Z"))).toEqual(
      new Date("2026-02-27T12:00:00Z"),
    );
  });

  it("is none before the one and only", () => {
    const schedule = Schedule.parse("@at 2030-01-31T09:00:00Z");

    expect(schedule.previous(new Date("2030-01-31T09:00:00Z"))).toBeUndefined();
  });
});

describe("Schedule.between", () => {
  it("leaves out its beginning, and has its end", () => {
    const schedule = Schedule.parse("every hour");

    const between = [
      ...schedule.between(new Date("2026-01-01T00:00:00Z"), new Date("2026-01-01T03:00:00Z")),
    ];

    expect(between.map((time) => time.getUTCHours())).toEqual([1, 2, 3]);
  });
});

describe("Schedule.toString", () => {
  it.each([
    ["00 09 * * MON-fri", "0 9 * * 1-5"],
    ["0 0,1,2,3 * * 7", "0 0-3 * * 0"],
    ["*/1 * */1 * ?", "* * * * *"],
    ["0 5,10 1 1,4,7,10 *", "0 5,10 1 */3 *"],
    ["0 */15 * * * *", "*/15 * * * *"],
    ["*/20,5 2 * * *", "*/20,5 2 * * *"],
    ["0 0 last,1,2 * fri#last,mon%2+3", "0 0 1,2,L * 5#L,1%2+1"],
    ["0 0 15w * mon&", "0 0 15W * 1&"],
    ["0 0 * * mon&", "0 0 * * 1"],
    ["0 9 * * * Z", "0 9 * * *"],
    ["0 9 * * *; 0 8 * * * ; 0 9 * * *", "0 8 * * *; 0 9 * * *"],
    ["0 9 * * * Etc/UTC", "0 9 * * *"],
  ])("is the same for all ways of writing one: %s", (text, written) => {
    expect(Schedule.parse(text).toString()).toBe(written);
    expect(Schedule.parse(written).toString()).toBe(written);
  });

  it("tells a star from its values: only one of both is fixed", () => {
    expect(Schedule.parse("0 0-23 * * *").toString()).toBe("0 0-23 * * *");
    expect(Schedule.parse("0 * * * *").toString()).toBe("0 * * * *");
  });

  it("is what JSON has", () => {
    expect(JSON.stringify({ schedule: Schedule.parse({ every: "90 minutes" }) })).toBe(
      '{"schedule":"@every 5400s"}',
    );
  });

  it("has the time zone that was given", () => {
    const schedule = Schedule.parse("every day at 9am", { timeZone: "Europe/Amsterdam" });

    expect(schedule.toString()).toBe("0 9 * * * Europe/Amsterdam");
  });
});

describe("Schedule.describe", () => {
  it.each([
    ["0 9 * * 1-5 Europe/Amsterdam", "every weekday at 09:00 Europe/Amsterdam"],
    ["*/5 9-16 * * mon-fri", "every 5 minutes from 09:00 to 17:00 on weekdays"],
    ["0 0 * * sun%2", "every sunday of each 2nd week at 00:00"],
    ["0 0 * * sun%2+1", "every sunday of each 2nd week plus 1 at 00:00"],
    ["0 9 13 * fri&", "every month on the 13th if it is friday at 09:00"],
    ["0 9 13 * fri", "every month on the 13th or on friday at 09:00"],
    ["0 9 15W * *", "every month on the working day nearest the 15th at 09:00"],
    [
      "0 9 -3,-7-L/2 * *",
      "every month on the 3rd day from the end and 7th day from the end to the last day in steps of 2 at 09:00",
    ],
    ["0 9 * * 5#-2", "every 2nd but last friday of the month at 09:00"],
    ["*/30 9 *%3 * *", "every 30 minutes from 09:00 to 10:00 on each 3rd day"],
    ["0 9 *%3,5 * *", "every month on the 5th and 3rd day of each 3 at 09:00"],
    ["*/10 * * * * *", "every 10 seconds"],
    ["30 */5 * * * *", "every 5 minutes at second 30"],
    ["*/7 * * * *", "every hour at minutes 0, 7, 14, 21, 28, 35, 42, 49 and 56"],
    [
      "0-4,30 8-17 1-5,11,22 3,6-8 *",
      "at minutes 0 to 4 and 30 of hours 8 to 17 on the 1st to the 5th, 11th and 22nd in March and June to August",
    ],
    ["0 9 * * *; 30 21 * * *; */20 * * * *", "every 20 minutes; every day at 09:00 and 21:30"],
    ["@every 90m", "every 90 minutes"],
    ["@every 7d", "every week"],
    ["@at 2030-01-31T09:00:00Z", "once at 2030-01-31T09:00:00Z"],
  ])("%s", (text, english) => {
    expect(Schedule.parse(text).describe()).toBe(english);
  });
});

describe("Schedule.zones", () => {
  it.each([
    ["every day at 8am Europe/Amsterdam", ["Europe/Amsterdam"]],
    ["every day at 8am and 9:30pm Europe/Amsterdam", ["Europe/Amsterdam"]],
    ["0 8 * * *", ["UTC"]],
    ["every 90 minutes", []],
  ])("are those whose clocks decide on %j", (text, zones) => {
    expect(Schedule.parse(text).zones).toEqual(zones);
  });
});

describe("Schedule.warnings", () => {
  it.each([
    [
      "*/45 * * * *",
      '"*/45" begins anew with each hour: it means minute 0, 45. "every 45 minutes" is a true interval',
    ],
    [
      "*/90 * * * *",
      '"*/90" begins anew with each hour: it means minute 0. "every 90 minutes" is a true interval',
    ],
    [
      "0 */7 * * *",
      '"*/7" begins anew with each day: it means hour 0, 7, 14, 21. "every 7 hours" is a true interval',
    ],
    [
      "0 0 */2 * *",
      '"*/2" begins anew with each month: it means day of the month 1, 3, 5, 7, 9, …, 31. "every 2 days" is a true interval',
    ],
    ["0 0 1 */5 *", '"*/5" begins anew with each year: it means month 1, 6, 11'],
    ["0 0 * * */2", '"*/2" begins anew with each week: it means day of the week 0, 2, 4, 6'],
  ])("%s", (text, warning) => {
    expect(Schedule.parse(text).warnings).toEqual([warning]);
  });

  it("say that an interval has no time zone", () => {
    expect(Schedule.parse("every 90 minutes Asia/Tokyo").warnings).toEqual([
      "a time zone has no effect on an interval, which is counted from 1 January 1970",
    ]);
  });

  it.each([["*/15 * * * *"], ["0 */6 1 */4 *"], ["1/25 * * * *"], ["every 90 minutes"]])(
    "has none for %s",
    (text) => {
      expect(Schedule.parse(text).warnings).toEqual([]);
    },
  );
});

describe("~ in a cron", () => {
  it("chooses by the seed, the same each time", () => {
    const chosen = (seed: string): string => Schedule.parse("0~59 3 * * *", { seed }).toString();

    const minutes = ["one", "two", "three", "one"].map(chosen);

    expect(minutes[3]).toBe(minutes[0]);
    expect(new Set(minutes).size).toBe(3);
  });

  it.each([
    ["10~20 3 * * *", /^1\d|20$/],
    ["~ 3 * * *", /^[1-5]?\d$/],
    ["0~59/30 3 * * *", /^(\d|[12]\d),(3\d|4\d|5\d)$/],
  ])("stays within %s", (text, minutes) => {
    const [minute] = Schedule.parse(text).toString().split(" ");

    expect(minute).toMatch(minutes);
  });
});

function occurrences(
  text: string,
  count: number,
  { from = new Date("2026-02-27T11:59:58Z"), ...options }: ScheduleOptions & { from?: Date } = {},
): Date[] {
  const schedule = Schedule.parse(text, options);
  const found: Date[] = [];
  for (let time = schedule.next(from); time && found.length < count; time = schedule.next(time)) {
    found.push(time);
  }
  return found;
}
