import { types } from "node:util";
import { seconds, type Duration } from "../support/duration.ts";
import { type HashKeys, noteHashForm } from "./hash-form.ts";
import { isoOf, noteRubyTime } from "./ruby-times.ts";
import {
  type DurationParts,
  type DurationUnit,
  RubyBigDecimal,
  RubyDate,
  RubyDuration,
  RubyFloat,
  RubyModule,
  RubyRange,
  RubySymbol,
} from "./ruby-values.ts";

const BIG_DECIMAL = /^[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|Infinity)$|^NaN$/;
const DAY = /^-?\d{4,}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

/** Active Support 8.1, `ActiveSupport::Duration::PARTS_IN_SECONDS`. */
const SECONDS_PER_PART: Readonly<Record<DurationUnit, number>> = {
  seconds: 1,
  minutes: 60,
  hours: 3600,
  days: 86_400,
  weeks: 604_800,
  months: 2_629_746,
  years: 31_556_952,
};

const UNIT_BY_LETTER: Readonly<Record<string, DurationUnit>> = {
  s: "seconds",
  m: "minutes",
  h: "hours",
  d: "days",
  w: "weeks",
};

/**
 * Says of an argument what it is to be in Ruby, where JavaScript has one type for two of Ruby's.
 *
 * It matters where a job is written for Ruby (`wireFormat: "activejob"`). Each has the type that
 * the command declares and gets: a symbol arrives there as a string, a duration as a number of
 * seconds. Like a `reference`, it is for `defer`: inline, a command would get an object that only
 * behaves like one.
 *
 * @example
 * ```ts
 * import { Command, ruby } from "mandate";
 *
 * class Charge extends Command.initializeWith((rate: number, currency: string) => ({ rate, currency })) {
 *   static {
 *     this.jobOptions({ wireFormat: "activejob" });
 *   }
 *
 *   call() {}
 * }
 *
 * await Charge.defer(ruby.float(1), ruby.symbol("eur")); // Ruby gets 1.0 and :eur
 * ```
 */
export const ruby = {
  /**
   * A Float, where a whole number would be an Integer.
   *
   * @throws {RangeError} if it is not finite.
   */
  float(value: number): number {
    return floatOf(value) as unknown as number;
  },

  /** A Symbol. */
  symbol(name: string): string {
    return new RubySymbol(checkedText(name, "a Symbol")) as unknown as string;
  },

  /**
   * A BigDecimal, for Rails 7.1 and later.
   *
   * @param value Such as `"1.10"`, every digit of which counts.
   * @throws {TypeError} if it is no decimal number.
   */
  bigDecimal(value: string | number | bigint): RubyBigDecimal {
    const text = String(value);
    if (!BIG_DECIMAL.test(text)) {
      throw new TypeError(
        'Cannot make a BigDecimal: what was given is no decimal number. Give one such as "1.10"',
      );
    }
    return new RubyBigDecimal(text);
  },

  /**
   * An `ActiveSupport::Duration`.
   *
   * @param duration Seconds, `"5 minutes"`, or parts such as `{ months: 1, days: 2 }`.
   * @throws {InvalidDurationError} if it is none.
   * @throws {TypeError} if a part is none.
   */
  duration(duration: Duration | DurationParts): number {
    const parts = typeof duration === "object" ? duration : partsOf(duration);
    return new RubyDuration(secondsOf(parts), parts) as unknown as number;
  },

  /**
   * A Date, which is a day without a time.
   *
   * @param day `"2024-02-29"`; of a JavaScript Date its day in UTC.
   * @throws {TypeError} if it is none.
   */
  date(day: string | Date): string {
    const text = types.isDate(day) ? isoOf(day).replace(/T.*/, "") : day;
    if (typeof text !== "string" || !DAY.test(text)) {
      throw new TypeError('Cannot make a Date: what was given is no day such as "2024-02-29"');
    }
    return new RubyDate(text) as unknown as string;
  },

  /**
   * An `ActiveSupport::TimeWithZone`. A Date as it is arrives as a Time in UTC.
   *
   * @param zone A name that Rails knows, such as `"Europe/Paris"`.
   * @returns another Date of the same time.
   */
  timeWithZone(date: Date, zone: string): Date {
    return noteRubyTime(new Date(date), {
      serializer: "TimeWithZoneSerializer",
      value: isoOf(date),
      timeZone: checkedText(zone, "a time zone"),
    });
  },

  /** A class or module, by its name. */
  module(name: string): string {
    return new RubyModule(checkedText(name, "a Module")) as unknown as string;
  },

  /**
   * A Range, for Rails 7.0 and later: `begin..end`.
   *
   * @param begin `null`: it has no beginning.
   * @param options `excludeEnd: true` is Ruby's `begin...end`.
   */
  range<Bound>(
    begin: Bound | null,
    end: Bound | null,
    { excludeEnd = false }: { readonly excludeEnd?: boolean } = {},
  ): RubyRange<Bound> {
    return new RubyRange(begin, end, excludeEnd);
  },

  /**
   * How Ruby is to have the keys of an object, not of those in it. Without this they are strings;
   * those of an object that is a call's last argument are keywords.
   *
   * @returns the object itself; a copy of it knows nothing of this.
   */
  hash<Row extends object>(row: Row, keys: Exclude<HashKeys, "keywords">): Row {
    return noteHashForm(row, { keys, strings: new Set() });
  },
};

function floatOf(value: number): RubyFloat {
  if (!Number.isFinite(value)) {
    throw new RangeError(
      `Cannot make a Float of ${String(value)}: JSON has none. Give a finite number`,
    );
  }
  const text = Object.is(value, -0) ? "-0" : String(value);
  return new RubyFloat(/[.e]/.test(text) ? text : `${text}.0`);
}

function checkedText(text: string, what: string): string {
  if (typeof text !== "string" || text === "") {
    throw new TypeError(`Cannot make ${what}: its name is no text. Give a string`);
  }
  return text;
}

function partsOf(duration: Duration): DurationParts {
  const total = seconds(duration);
  const letter = typeof duration === "number" ? "s" : (/[a-z]/i.exec(duration)?.[0] ?? "s");
  const unit = UNIT_BY_LETTER[letter] ?? "seconds";
  return { [unit]: total / SECONDS_PER_PART[unit] };
}

/** In Ruby a sum is a Float as soon as one part is. */
function secondsOf(parts: DurationParts): number | RubyFloat {
  let total = 0;
  let isFloat = false;
  for (const [unit, amount] of Object.entries(parts)) {
    const length = SECONDS_PER_PART[unit as DurationUnit];
    if (length === undefined || !Number.isFinite(Number(amount))) {
      throw new TypeError(
        `Cannot make a duration: its parts are numbers of ${Object.keys(SECONDS_PER_PART).join(", ")}`,
      );
    }
    total += Number(amount) * length;
    isFloat ||= typeof amount === "object" || !Number.isInteger(amount);
  }
  return isFloat ? floatOf(total) : total;
}
