import type { DayRules } from "./cron-days.ts";
import {
  fieldText,
  listText,
  readField,
  stepText,
  type CronField,
  type FieldContext,
} from "./cron-field.ts";
import { readMonthdays, readWeekdays } from "./day-fields.ts";
import { HOUR, MINUTE, MONTH, SECOND, weekdayNumbers } from "./field-kinds.ts";
import { piecesOf, type Piece } from "./source-text.ts";
import { readTimeZone } from "./read-time-zone.ts";
import type { TimeZone } from "./time-zone.ts";

/** A cron that was read. */
export interface Cron {
  readonly seconds: CronField;
  readonly minutes: CronField;
  readonly hours: CronField;
  readonly days: DayRules;
  /**
   * Whether neither its hour nor its minute has a star. What follows from that is in
   * `CronRecurrence`.
   */
  readonly isFixed: boolean;
  /** Its own, behind the fields. */
  readonly timeZone: TimeZone | undefined;
  /**
   * Its fields, the same for all ways of writing them that mean the same. Seconds are there unless
   * 0.
   */
  readonly text: string;
  readonly warnings: readonly string[];
}

/** Fields of Vixie's cron by the names that stand for them. */
const NAMED: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@noon": "0 12 * * *",
  "@hourly": "0 * * * *",
};

const ORDER =
  'A cron has the fields minute, hour, day of the month, month and day of the week, such as "30 9 * * mon-fri", ' +
  "with seconds before them and a time zone behind them, if you like";

/** Whether a text is meant as a cron: it begins as one of its fields does, or with an @. */
export function isCron(text: string): boolean {
  return (
    /^(?:@|[\d*?/~,%-][\d*?/~,%a-z-]*[ \t]+[\d*?/~,-])/i.test(text) && !/^\d+[ \t]+\d+:/.test(text)
  );
}

/** Reads a cron of 5 or 6 fields or a name such as `@daily`, with or without a time zone behind. */
export function readCron(piece: Piece, context: FieldContext): Cron {
  const words = piecesOf(piece, /[^ \t]+/g);
  const [first] = words;
  if (first?.text.startsWith("@") === true) {
    return readNamed(words as [Piece, ...Piece[]], context);
  }
  const last = words.at(-1) as Piece;
  const hasZone = words.length > 5 && isZone(last.text);
  const fields = hasZone ? words.slice(0, -1) : words;
  return readFields(fields, {
    ...context,
    whole: piece,
    timeZone: hasZone ? readTimeZone(last, context.source) : undefined,
  });
}

function readNamed([name, zone, ...others]: [Piece, ...Piece[]], context: FieldContext): Cron {
  const { source } = context;
  const fields = NAMED[name.text.toLowerCase()];
  if (fields === undefined) {
    const why = name.text === "@reboot" ? "is no time that comes again" : "stands for no cron";
    throw source.refuse(name, why, `Write one of ${Object.keys(NAMED).join(", ")}, or the fields`);
  }
  const [stray] = others;
  if (stray !== undefined) {
    throw source.refuse(stray, "is too much", `Behind ${name.text} only a time zone may stand`);
  }
  return readFields(piecesOf({ text: fields, at: name.at }, /\S+/g), {
    ...context,
    whole: name,
    timeZone: zone && readTimeZone(zone, source),
  });
}

function readFields(
  words: readonly Piece[],
  {
    whole,
    timeZone,
    ...context
  }: FieldContext & { readonly whole: Piece; readonly timeZone: TimeZone | undefined },
): Cron {
  const { source } = context;
  if (words.length !== 5 && words.length !== 6) {
    const why = `has ${words.length} field${words.length === 1 ? "" : "s"}, and a cron has 5 or 6`;
    throw source.refuse(whole, why, ORDER);
  }
  const zero = { text: "0", at: whole.at };
  const [second, minute, hour, monthday, month, weekday] = (
    words.length === 5 ? [zero, ...words] : words
  ) as [Piece, Piece, Piece, Piece, Piece, Piece];
  const seconds = readField(second, SECOND, context);
  const minutes = readField(minute, MINUTE, context);
  const hours = readField(hour, HOUR, context);
  const monthdays = readMonthdays(monthday, context);
  const months = readField(month, MONTH, context);
  const weekdays = readWeekdays(weekday, context);
  const isBoth = monthdays.isAnd || weekdays.isAnd;
  const hasBoth = monthdays.rules !== undefined && weekdays.rules !== undefined;
  const fields = [seconds, minutes, hours, monthdays, months, weekdays];
  return {
    seconds,
    minutes,
    hours,
    days: {
      months: months.values,
      monthdays: monthdays.rules,
      weekdays: weekdays.rules,
      isBoth,
    },
    isFixed: !minutes.hasStar && !hours.hasStar,
    timeZone,
    text: [
      ...timeTexts({ seconds, minutes, hours }),
      monthdays.text,
      stepText(months.values, MONTH) ?? listText(months.values),
      weekdays.text + (isBoth && hasBoth ? "&" : ""),
    ].join(" "),
    warnings: fields.flatMap(({ warnings }) => warnings),
  };
}

/**
 * Seconds unless 0, minutes and hours. Where one of the latter has a star, one of those texts has
 * as well.
 */
function timeTexts({
  seconds,
  minutes,
  hours,
}: Pick<Cron, "seconds" | "minutes" | "hours">): string[] {
  const second = fieldText(seconds, SECOND);
  const texts = [minutes, hours].map((field, index) => {
    const kind = index === 0 ? MINUTE : HOUR;
    return minutes.hasStar || hours.hasStar
      ? (stepText(field.values, kind) ?? listText(field.values))
      : listText(field.values);
  });
  const isShown = texts.some((text) => text.includes("*")) || !(minutes.hasStar || hours.hasStar);
  const shown = isShown ? texts : [minutes.written, hours.written];
  return second === "0" ? shown : [second, ...shown];
}

/** The last field of a cron begins with a digit, a star or a day's name. */
function isZone(word: string): boolean {
  const [letters = ""] = /^[a-z]+/i.exec(word) ?? [];
  return (
    /^[+-]\d\d/.test(word) ||
    (/^[a-z]/i.test(word) &&
      (word.includes("/") || !weekdayNumbers.has(letters.toLowerCase())) &&
      !isLastWeekday(letters))
  );
}

/** `friL` */
function isLastWeekday(letters: string): boolean {
  return /l$/i.test(letters) && weekdayNumbers.has(letters.slice(0, -1).toLowerCase());
}
