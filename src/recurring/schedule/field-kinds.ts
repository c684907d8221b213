import type { FieldKind } from "./cron-field.ts";

const MONTHS =
  "january february march april may june july august september october november december".split(
    " ",
  );
const WEEKDAYS = "sunday monday tuesday wednesday thursday friday saturday".split(" ");

/** By their names in lower case, short and long: the number of a month. */
export const monthNumbers: ReadonlyMap<string, number> = numbered(MONTHS, 1);
/**
 * By their names in lower case, short and long: the number of a day of the week, 0 being Sunday.
 */
export const weekdayNumbers: ReadonlyMap<string, number> = numbered(WEEKDAYS, 0);

/** The name of a month from 1 to 12. */
export function monthName(month: number): string {
  const name = MONTHS[month - 1] as string;
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** The name of a day of the week from 0 (Sunday) to 6, in lower case, as phrases have it. */
export function weekdayName(weekday: number): string {
  return WEEKDAYS[weekday] as string;
}

export const SECOND: FieldKind = { noun: "second", least: 0, most: 59, restartsWith: "minute" };
export const MINUTE: FieldKind = { noun: "minute", least: 0, most: 59, restartsWith: "hour" };
export const HOUR: FieldKind = {
  noun: "hour",
  least: 0,
  most: 23,
  alias: [24, 0],
  restartsWith: "day",
};
export const MONTHDAY: FieldKind = {
  noun: "day of the month",
  least: 1,
  most: 31,
  restartsWith: "month",
};
export const MONTH: FieldKind = {
  noun: "month",
  least: 1,
  most: 12,
  names: monthNumbers,
  restartsWith: "year",
};
export const WEEKDAY: FieldKind = {
  noun: "day of the week",
  least: 0,
  most: 6,
  names: weekdayNumbers,
  alias: [7, 0],
  restartsWith: "week",
};

function numbered(names: readonly string[], first: number): ReadonlyMap<string, number> {
  return new Map(
    names.flatMap((name, index) => [
      [name.slice(0, 3), first + index],
      [name, first + index],
    ]),
  );
}
