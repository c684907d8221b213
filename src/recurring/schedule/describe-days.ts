import type { DayRules, MonthdayRule, WeekdayRule } from "./cron-days.ts";
import { englishList, ordinalOf, rangesOf } from "./english-list.ts";
import { monthName, weekdayName } from "./field-kinds.ts";

/**
 * Days in English: as a sentence begins with them (`every monday`), and behind something else (` on
 * monday`).
 */
export interface DayWords {
  readonly every: string;
  readonly on: string;
}

/** What a cron's days are in English. */
export function describeDays({ months, monthdays, weekdays, isBoth }: DayRules): DayWords {
  const step = 12 / months.length;
  const isStep =
    step > 1 && step < 12 && months.every((month, index) => month === 1 + index * step);
  const inMonths =
    months.length === 12 ? "" : ` in ${englishList(rangesOf(months, { word: monthName }))}`;
  const everyMonth = isStep ? `every ${step} months` : "every month";
  const inOthers = isStep ? "" : inMonths;
  if (monthdays === undefined) {
    const { every, on } =
      weekdays === undefined ? { every: "every day", on: "" } : ofWeek(weekdays);
    return { every: `${every}${inMonths}`, on: `${on}${inMonths}` };
  }
  if (weekdays !== undefined) {
    const both = `${onMonthdays(monthdays)}${isBoth ? " if it is" : " or on"} ${weekdayList(weekdays)}`;
    return { every: `${everyMonth}${both}${inOthers}`, on: `${both}${inMonths}` };
  }
  const interval = monthdays.find((rule) => "everyNthDay" in rule);
  if (interval !== undefined && monthdays.length === 1) {
    const every = `every ${interval.everyNthDay} days${inMonths}`;
    return { every, on: ` on each ${ordinalOf(interval.everyNthDay)} day${inMonths}` };
  }
  const on = onMonthdays(monthdays);
  const isYearly = months.length === 1 && monthdays.length === 1;
  if (isYearly) {
    const once = `${on} of ${monthName(months[0] as number)}`;
    return { every: `every year${once}`, on: once };
  }
  return { every: `${everyMonth}${on}${inOthers}`, on: `${on}${inMonths}` };
}

function ofWeek(rules: readonly WeekdayRule[]): DayWords {
  const isPlain = rules.every(
    ({ nth, everyNthWeek }) => nth === undefined && everyNthWeek === undefined,
  );
  const isWorkweek = isPlain && rules.map(({ weekday }) => weekday).join("") === "12345";
  if (isWorkweek) {
    return { every: "every weekday", on: " on weekdays" };
  }
  const list = weekdayList(rules);
  return { every: `every ${list}`, on: ` on ${list}` };
}

function weekdayList(rules: readonly WeekdayRule[]): string {
  const plain = rules.filter(({ nth, everyNthWeek }) => (nth ?? everyNthWeek) === undefined);
  const others = rules.filter((rule) => !plain.includes(rule));
  const fromMonday = plain
    .map(({ weekday }) => (weekday + 6) % 7)
    .toSorted((one, other) => one - other);
  return englishList([
    ...rangesOf(fromMonday, { word: (day) => weekdayName((day + 1) % 7) }),
    ...others.map(({ weekday, nth, everyNthWeek = 1, plus = 0 }) =>
      nth === undefined
        ? `${weekdayName(weekday)} of each ${ordinalOf(everyNthWeek)} week${plus === 0 ? "" : ` plus ${plus}`}`
        : `${nthOf(nth)} ${weekdayName(weekday)} of the month`,
    ),
  ]);
}

function nthOf(nth: number): string {
  return nth < -1 ? `${ordinalOf(-nth)} but last` : ordinalOf(nth);
}

function onMonthdays(rules: readonly MonthdayRule[]): string {
  const singles = rules.flatMap((rule) =>
    "from" in rule && rule.from > 0 && rule.to > 0 ? spread(rule) : [],
  );
  const others = rules.filter((rule) => !("from" in rule && rule.from > 0 && rule.to > 0));
  const words = [...rangesOf(singles, { word: ordinalOf, to: "to the" }), ...others.map(wordsOf)];
  return ` on the ${englishList(words)}`;
}

function spread({ from, to }: { readonly from: number; readonly to: number }): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function wordsOf(rule: MonthdayRule): string {
  if ("nearest" in rule) {
    return `working day nearest the ${ordinalOf(rule.nearest)}`;
  }
  if ("everyNthDay" in rule) {
    return `${ordinalOf(rule.everyNthDay)} day of each ${rule.everyNthDay}`;
  }
  const [from, to] = [fromEnd(rule.from), fromEnd(rule.to)];
  const step = rule.step === 1 ? "" : ` in steps of ${rule.step}`;
  return rule.from === rule.to ? from : `${from} to the ${to}${step}`;
}

function fromEnd(day: number): string {
  return day === -1 ? "last day" : day < 0 ? `${ordinalOf(-day)} day from the end` : ordinalOf(day);
}
