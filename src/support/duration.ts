import { MandateError } from "./errors.ts";
import { nearest } from "./nearest.ts";

/**
 * A length of time: a number of **seconds** (not of milliseconds), or a string of a number and a
 * unit.
 *
 * Number and unit may have one space between them. `"5 minuets"` does not compile.
 *
 * @example
 * ```ts
 * import type { Duration } from "mandate";
 *
 * const waits: Duration[] = [90, 0.5, "30s", "5 minutes", "1.5 hours", "2 days", "1 week"];
 * ```
 */
export type Duration = number | DurationString;

type DurationString = `${number}${"" | " "}${Unit}`;

type Unit = keyof typeof SECONDS_PER_UNIT;

/** A `Duration` that is negative, not finite, or not written as one. */
export class InvalidDurationError extends MandateError {
  static {
    this.named("InvalidDurationError");
  }

  readonly code = "MANDATE_INVALID_DURATION";
}

const SECONDS_PER_UNIT = {
  s: 1,
  sec: 1,
  second: 1,
  seconds: 1,
  m: 60,
  min: 60,
  minute: 60,
  minutes: 60,
  h: 3600,
  hour: 3600,
  hours: 3600,
  d: 86_400,
  day: 86_400,
  days: 86_400,
  w: 604_800,
  week: 604_800,
  weeks: 604_800,
} as const;

const FROM_HEADER = ". What a server's Retry-After header says is retryAfter(response)";

const WRITTEN = /^(-?)(\d+(?:\.\d+)?|\.\d+) ?([A-Za-z]+)$/;

/**
 * The number of seconds in a duration.
 *
 * @param where What it is for, as messages say it: `"wait of SendInvoice"`.
 * @throws {InvalidDurationError} if it is negative, not finite, or not written as a `Duration`.
 */
export function seconds(duration: Duration, where?: string): number {
  try {
    return read(duration);
  } catch (error) {
    if (where === undefined || !(error instanceof InvalidDurationError)) throw error;
    throw new InvalidDurationError(error.message.replace(" as a duration:", ` as ${where}:`));
  }
}

function read(duration: Duration): number {
  if (typeof duration === "number") return checkedNumber(duration);
  if (typeof duration !== "string") {
    throw invalid(
      duration === null ? "null" : `a value of type ${typeof duration}`,
      `it is neither a number nor a string${duration == null ? FROM_HEADER : ""}`,
    );
  }
  const shown = JSON.stringify(duration);
  if (/^\d+(\.\d+)?$/.test(duration)) {
    throw invalid(shown, `it has no unit: give ${duration}, or "${duration}s"${FROM_HEADER}`);
  }
  const [, sign, amount, unit] = WRITTEN.exec(duration) ?? [];
  if (amount === undefined || unit === undefined) {
    throw invalid(shown, "it is not a number followed by a unit");
  }
  if (!isUnit(unit)) {
    throw invalid(shown, `"${unit}" is not a unit of time`, meantBy(amount, unit));
  }
  if (sign === "-") throw invalid(shown, "it is negative");
  return checkedNumber(Number(amount) * SECONDS_PER_UNIT[unit]);
}

function checkedNumber(duration: number): number {
  if (Number.isNaN(duration)) throw invalid("NaN", `it is not a number${FROM_HEADER}`);
  if (duration < 0) throw invalid(String(duration), "it is negative");
  if (duration === Infinity) throw invalid("Infinity", "it never ends");
  return duration;
}

function isUnit(unit: string): unit is Unit {
  return Object.hasOwn(SECONDS_PER_UNIT, unit);
}

/** What was meant by a unit that is none, as a sentence. */
function meantBy(amount: string, unit: string): string {
  if (/^(ms|msecs?|millis|milliseconds?)$/i.test(unit)) {
    return ` Did you mean "${Number(amount) / 1000}s"?`;
  }
  if (/^(mo|mos|months?|y|yrs?|years?)$/i.test(unit)) {
    return " Months and years are of no one length: write days.";
  }
  const meant = nearest(unit, Object.keys(SECONDS_PER_UNIT));
  return meant === undefined ? "" : ` Did you mean "${amount} ${meant}"?`;
}

function invalid(shown: string, reason: string, meant = ""): InvalidDurationError {
  return new InvalidDurationError(
    `Cannot read ${shown} as a duration: ${reason}.${meant} Write a number of seconds, or a string such as ` +
      `"30s", "5 minutes", "1.5 hours", "2 days" or "1 week"`,
  );
}
