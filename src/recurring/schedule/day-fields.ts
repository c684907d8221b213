import type { DayRange, MonthdayRule, WeekdayRule } from "./cron-days.ts";
import {
  elementsOf,
  listText,
  readElement,
  readField,
  readValue,
  runsOf,
  stepText,
  valuesOf,
  type Element,
  type FieldContext,
} from "./cron-field.ts";
import { MONTHDAY, WEEKDAY } from "./field-kinds.ts";
import type { Piece } from "./source-text.ts";

/** A field of days that was read. */
export interface DayField<Rule> {
  /** `undefined`: any day. */
  readonly rules: readonly Rule[] | undefined;
  /** Whether it ends with `&`: the other field of days has to fit as well. */
  readonly isAnd: boolean;
  readonly text: string;
  readonly warnings: readonly string[];
}

const LAST = /^(?:l|last)$/i;
const NEAREST = /^(?:(\d+)|l)w$/i;
const EVERY_NTH_DAY = /^\*%(\d+)(?:\+(\d+))?$/;
const NTH_WEEKDAY = /^(\w+)#(-?\d|l|last)$/i;
const LAST_WEEKDAY = /^([a-z]{3,}|[0-7])l$/i;
const EVERY_NTH_WEEK = /^(\w+)%(\d+)(?:\+(\d+))?$/;
const MOST_WEEKS = 520;

/** Reads days of the month: numbers, `L`, `-3`, `15W`, `*%2`, ranges, steps, lists of those. */
export function readMonthdays(field: Piece, context: FieldContext): DayField<MonthdayRule> {
  const { isAnd, list } = withoutAnd(field);
  const plain = new Set<number>();
  const rules: MonthdayRule[] = [];
  const texts: string[] = [];
  const warnings: string[] = [];
  let isAny = false;
  for (const piece of elementsOf(list)) {
    const special = readSpecialDay(piece, context);
    if (special !== undefined) {
      rules.push(special);
      texts.push(piece.text.toUpperCase());
      continue;
    }
    const element = readElement(piece, MONTHDAY, context);
    if (isCountedFromEnd(element)) {
      rules.push(rangeOf(element, { ...context, piece }));
      texts.push(
        piece.text
          .toLowerCase()
          .replaceAll(/last|l/g, "L")
          .replace(/^-1$/, "L"),
      );
      continue;
    }
    warnings.push(...readField(piece, MONTHDAY, context).warnings);
    const days = valuesOf(element, MONTHDAY, { ...context, piece });
    // Like Fugit, from the first to the last is a star: it leaves the choice to the days of the
    // week.
    isAny ||= days.length === 31 && days[0] === 1;
    for (const day of days) plain.add(day);
  }
  if (plain.size === 0 && rules.length === 0) {
    throw context.source.refuse(field, "names no day of the month", 'Write "*" for every day');
  }
  if (isAny) {
    return { rules: undefined, isAnd, text: "*", warnings };
  }
  const days = [...plain].toSorted((one, other) => one - other);
  const ranges = runsOf(days).map(([from, to]) => ({ from, to, step: 1 }));
  const text = [
    ...(days.length > 0 ? [stepText(days, MONTHDAY) ?? listText(days)] : []),
    ...texts.toSorted(),
  ].join(",");
  return { rules: [...ranges, ...rules], isAnd, text, warnings };
}

/**
 * Reads days of the week: numbers and names, `mon#1`, `fri#L`, `5L`, `sun%2+1`, ranges, steps,
 * lists of those.
 */
export function readWeekdays(field: Piece, context: FieldContext): DayField<WeekdayRule> {
  const { isAnd, list } = withoutAnd(field);
  const plain = new Set<number>();
  const rules: WeekdayRule[] = [];
  const texts: string[] = [];
  const warnings: string[] = [];
  let isAny = false;
  for (const piece of elementsOf(list)) {
    const special = readSpecialWeekday(piece, context);
    if (special !== undefined) {
      rules.push(special);
      texts.push(weekdayText(special));
      continue;
    }
    const read = readField(piece, WEEKDAY, context);
    isAny ||= read.hasStar && read.values.length === 7;
    warnings.push(...read.warnings);
    for (const weekday of read.values) plain.add(weekday);
  }
  if (plain.size === 0 && rules.length === 0) {
    throw context.source.refuse(field, "names no day of the week", 'Write "*" for every day');
  }
  if (isAny) {
    return { rules: undefined, isAnd, text: "*", warnings };
  }
  const weekdays = [...plain].toSorted((one, other) => one - other);
  const text = [...(weekdays.length > 0 ? [listText(weekdays)] : []), ...texts].join(",");
  return { rules: [...weekdays.map((weekday) => ({ weekday })), ...rules], isAnd, text, warnings };
}

function withoutAnd({ text, at }: Piece): { isAnd: boolean; list: Piece } {
  const isAnd = text.endsWith("&");
  return { isAnd, list: { text: isAnd ? text.slice(0, -1) : text, at } };
}

function readSpecialDay(piece: Piece, context: FieldContext): MonthdayRule | undefined {
  const [isNearest, nearest] = NEAREST.exec(piece.text) ?? [];
  if (isNearest !== undefined) {
    const day = nearest === undefined ? -1 : dayOf({ text: nearest, at: piece.at }, context);
    return { nearest: day };
  }
  const [isNth, every, plus = "0"] = EVERY_NTH_DAY.exec(piece.text) ?? [];
  if (isNth === undefined) {
    return undefined;
  }
  if (!(Number(every) >= 1 && Number(every) <= MOST_WEEKS * 7)) {
    const least = `Write a number of days from 1 to ${MOST_WEEKS * 7}`;
    throw context.source.refuse(piece, "is no interval of days", least);
  }
  return { everyNthDay: Number(every), plus: Number(plus) };
}

function isCountedFromEnd({ from, to }: Element): boolean {
  return [from, to].some((end) => end !== undefined && /^(?:-|l$|last$)/i.test(end.text));
}

function rangeOf(
  { from, join, to, step = 1 }: Element,
  context: FieldContext & { readonly piece: Piece },
): DayRange {
  const first = from === undefined ? 1 : dayOf(from, context);
  const last = to === undefined ? first : dayOf(to, context);
  const isBackwards = first < 0 && (last > 0 || last < first);
  if (join === "~" || isBackwards) {
    const whatToDo =
      'Write days from the end as "-3" or "-3-L", and from a day to the end as "25-L"';
    throw context.source.refuse(context.piece, "is no range of days", whatToDo);
  }
  return { from: first, to: last, step };
}

/** Negative: from the month's end. */
function dayOf(piece: Piece, context: FieldContext): number {
  if (LAST.test(piece.text)) {
    return -1;
  }
  return piece.text.startsWith("-")
    ? -readValue({ text: piece.text.slice(1), at: piece.at + 1 }, MONTHDAY, context)
    : readValue(piece, MONTHDAY, context);
}

function readSpecialWeekday(piece: Piece, context: FieldContext): WeekdayRule | undefined {
  const weekdayAt = (text = ""): number => {
    const value = readValue({ text, at: piece.at }, WEEKDAY, context);
    return value === 7 ? 0 : value;
  };
  const [isNth, ofNth, place = ""] = NTH_WEEKDAY.exec(piece.text) ?? [];
  if (isNth !== undefined) {
    const nth = LAST.test(place) ? -1 : Number(place);
    if (nth === 0 || Math.abs(nth) > 5) {
      const whatToDo = 'Write "#1" to "#5", or "#-1" or "#L" for the last of the month';
      throw context.source.refuse(piece, "is no weekday of a month", whatToDo);
    }
    return { weekday: weekdayAt(ofNth), nth };
  }
  const [isWeek, ofWeek, every, plus = "0"] = EVERY_NTH_WEEK.exec(piece.text) ?? [];
  if (isWeek !== undefined) {
    if (!(Number(every) >= 1 && Number(every) <= MOST_WEEKS)) {
      const whatToDo = `Write a number of weeks from 1 to ${MOST_WEEKS}, as in "mon%2"`;
      throw context.source.refuse(piece, "is no interval of weeks", whatToDo);
    }
    const everyNthWeek = Number(every);
    return { weekday: weekdayAt(ofWeek), everyNthWeek, plus: Number(plus) % everyNthWeek };
  }
  const [isLast, ofLast] = LAST_WEEKDAY.exec(piece.text) ?? [];
  return isLast === undefined ? undefined : { weekday: weekdayAt(ofLast), nth: -1 };
}

function weekdayText({ weekday, nth, everyNthWeek, plus = 0 }: WeekdayRule): string {
  if (nth !== undefined) {
    return `${weekday}#${nth === -1 ? "L" : nth}`;
  }
  return `${weekday}%${everyNthWeek}${plus === 0 ? "" : `+${plus}`}`;
}
