import { inspect } from "node:util";
import { plainNumber } from "../support/lossless-json.ts";

/** Marks values of this library, whichever copy of it made them. */
const marker = Symbol.for("mandate.ruby-value");

/**
 * A value that Ruby has and JavaScript has not.
 *
 * In the native format, and for whoever only looks at it, it is its `plain` value: what a command
 * gets in its place, unless that asks for exact values.
 */
export type RubyValue =
  RubySymbol | RubyFloat | RubyDuration | RubyDate | RubyModule | RubyBigDecimal | RubyRange;

export function isRubyValue(value: object): value is RubyValue {
  return marker in value;
}

/** Ruby's `:name`. A string to whoever reads it. */
export class RubySymbol extends String {
  /** What it is in Ruby. */
  get rubyType(): "Symbol" {
    return "Symbol";
  }

  /** What a command gets in its place, unless it asks for exact values. */
  get plain(): string {
    return String(this);
  }
}

/** Ruby's Float, which prints `1.0` where JavaScript prints `1`. */
export class RubyFloat extends Number {
  /** As JSON has it. */
  readonly text: string;

  constructor(text: string) {
    super(text);
    this.text = text;
  }

  /** What it is in Ruby. */
  get rubyType(): "Float" {
    return "Float";
  }

  /** What a command gets in its place, unless it asks for exact values. */
  get plain(): number {
    return Number(this);
  }
}

/** What a duration consists of: `{ months: 1, hours: 1.5 }`, in the order it is to be added up. */
export type DurationParts = Readonly<Partial<Record<DurationUnit, number | RubyFloat>>>;

/** Active Support's. */
export type DurationUnit = "seconds" | "minutes" | "hours" | "days" | "weeks" | "months" | "years";

/** `ActiveSupport::Duration`. A number of seconds to whoever reads it. */
export class RubyDuration extends Number {
  /** The duration in seconds, as JSON has them. */
  readonly seconds: number | RubyFloat;
  /** `{ months: 1 }`: Active Support adds a calendar's month to a date, not so many seconds. */
  readonly parts: DurationParts;

  constructor(seconds: number | RubyFloat, parts: DurationParts) {
    super(seconds);
    this.seconds = seconds;
    this.parts = parts;
  }

  /** What it is in Ruby. */
  get rubyType(): "Duration" {
    return "Duration";
  }

  /** What a command gets in its place, unless it asks for exact values. */
  get plain(): number {
    return Number(this);
  }
}

/** Ruby's Date, a day without a time: `"2024-02-29"` to whoever reads it. */
export class RubyDate extends String {
  /** What it is in Ruby. */
  get rubyType(): "Date" {
    return "Date";
  }

  /** What a command gets in its place, unless it asks for exact values. */
  get plain(): string {
    return String(this);
  }
}

/** A class or module of Ruby's: its name to whoever reads it. */
export class RubyModule extends String {
  /** What it is in Ruby. */
  get rubyType(): "Module" {
    return "Module";
  }

  /** What a command gets in its place, unless it asks for exact values. */
  get plain(): string {
    return String(this);
  }
}

/**
 * Ruby's BigDecimal: a number of any precision, as text.
 *
 * It prints as that text, which libraries for decimal numbers take; in calculations it is the
 * nearest JavaScript number.
 */
export class RubyBigDecimal {
  /** As Ruby wrote it, such as `"0.11e1"`; or as it was given. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** What it is in Ruby. */
  get rubyType(): "BigDecimal" {
    return "BigDecimal";
  }

  /** What a command gets in its place, unless it asks for exact values. */
  get plain(): this {
    return this;
  }

  /** The value's text. */
  toString(): string {
    return this.text;
  }

  /** The value's text: JSON's numbers are not as exact. */
  toJSON(): string {
    return this.text;
  }

  /** The nearest number that JavaScript has. */
  valueOf(): number {
    return Number(this.text);
  }
}

/** Ruby's Range: `1..5`, `"a"..."c"`, or one that is open at an end. */
export class RubyRange<Bound = unknown> {
  /** `null`: it has no beginning. */
  readonly begin: Bound | null;
  /** `null`: it has no end. */
  readonly end: Bound | null;
  /** Whether `end` is no part of it: three dots in Ruby. */
  readonly excludeEnd: boolean;

  constructor(begin: Bound | null, end: Bound | null, excludeEnd: boolean) {
    this.begin = begin;
    this.end = end;
    this.excludeEnd = excludeEnd;
  }

  /** What it is in Ruby. */
  get rubyType(): "Range" {
    return "Range";
  }

  /** What a command gets in its place, unless it asks for exact values. */
  get plain(): this {
    return this;
  }
}

Object.defineProperty(RubyBigDecimal.prototype, inspect.custom, {
  value(this: RubyBigDecimal) {
    return `BigDecimal(${this.text})`;
  },
});

for (const type of [
  RubySymbol,
  RubyFloat,
  RubyDuration,
  RubyDate,
  RubyModule,
  RubyBigDecimal,
  RubyRange,
]) {
  Object.defineProperty(type.prototype, marker, { value: true });
}

/** A number of JSON's text as Ruby has it: a Float stays one. */
export function exactNumber(text: string): number | bigint | RubyFloat {
  return /^-?\d+$/.test(text) ? plainNumber(text) : new RubyFloat(text);
}
