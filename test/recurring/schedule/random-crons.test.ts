import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Schedule } from "../../../src/recurring/schedule/schedule.ts";

const DAY_MS = 86_400_000;

/** A field as it is written, and the values it means; none: any. */
interface Field {
  readonly text: string;
  readonly values: readonly number[] | undefined;
}

describe("any cron", () => {
  it("occurs where a walk from day to day finds it", () => {
    fc.assert(
      fc.property(cron(), moment(), ([minute, hour, day, month, weekday], from) => {
        const text = [minute, hour, day, month, weekday].map((field) => field.text).join(" ");
        const found = Schedule.parse(text).next(from);

        expect(found).toEqual(walk([minute, hour, day, month, weekday], from));
      }),
      { numRuns: 500 },
    );
  });

  it("is written back as one that occurs at the same times", () => {
    fc.assert(
      fc.property(cron(), moment(), (fields, from) => {
        const schedule = Schedule.parse(fields.map(({ text }) => text).join(" "), {
          timeZone: "America/New_York",
        });
        const again = Schedule.parse(schedule.toString());

        expect(again.toString()).toBe(schedule.toString());
        expect(again.next(from)).toEqual(schedule.next(from));
        expect(schedule.describe()).toMatch(/^(every|at) .* America\/New_York$/);
      }),
      { numRuns: 500 },
    );
  });
});

type Fields = [minute: Field, hour: Field, day: Field, month: Field, weekday: Field];

function cron(): fc.Arbitrary<Fields> {
  return fc.tuple(
    field(0, 59),
    field(0, 23),
    // Each month has these.
    field(1, 28),
    field(1, 12),
    field(0, 6),
  );
}

function field(least: number, most: number): fc.Arbitrary<Field> {
  const value = fc.integer({ min: least, max: most });
  const list = fc
    .uniqueArray(value, { minLength: 1, maxLength: 4 })
    .map((values) => ({ text: values.join(","), values }));
  const range = fc.tuple(value, value, fc.integer({ min: 1, max: 5 })).map(([one, other, step]) => {
    const [from, to] = [Math.min(one, other), Math.max(one, other)];
    const values = Array.from({ length: to - from + 1 }, (_, index) => from + index);
    return { text: `${from}-${to}/${step}`, values: values.filter((_, at) => at % step === 0) };
  });
  return fc.oneof(fc.constant({ text: "*", values: undefined }), list, range);
}

function moment(): fc.Arbitrary<Date> {
  return fc
    .integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2040, 0, 1) })
    .map((time) => new Date(time));
}

function walk([minute, hour, day, month, weekday]: Fields, from: Date): Date {
  const hours = valuesOf(hour, 24);
  const minutes = valuesOf(minute, 60);
  for (let start = Math.floor(from.getTime() / DAY_MS) * DAY_MS; ; start += DAY_MS) {
    const date = new Date(start);
    if (!isIn(month, date.getUTCMonth() + 1) || !isDay(day, weekday, date)) continue;
    const times = hours.flatMap((each) =>
      minutes.map((other) => start + (each * 60 + other) * 60_000),
    );
    const next = times.find((time) => time > from.getTime());
    if (next !== undefined) return new Date(next);
  }
}

function isDay(day: Field, weekday: Field, date: Date): boolean {
  const [byDay, byWeekday] = [isIn(day, date.getUTCDate()), isIn(weekday, date.getUTCDay())];
  const areBoth = day.values !== undefined && weekday.values !== undefined;
  return areBoth ? byDay || byWeekday : byDay && byWeekday;
}

function isIn({ values }: Field, value: number): boolean {
  return values?.includes(value) ?? true;
}

function valuesOf({ values }: Field, size: number): number[] {
  return [...(values ?? Array.from({ length: size }, (_, index) => index))].toSorted(
    (one, other) => one - other,
  );
}
