import { describeSchedule } from "./describe-schedule.ts";
import { readSchedule } from "./read-schedule.ts";
import type { Recurrence } from "./recurrence.ts";
import type { ScheduleOptions, ScheduleText } from "./schedule-text.ts";

/** No occurrence is looked for further back. */
const YEARS_BACK = 100;

/**
 * When something is to happen, again and again: a value, without a state and without a clock.
 */
export class Schedule {
  /** In the order of their texts. */
  readonly #recurrences: readonly Recurrence[];
  /** What it means as written, and may not be meant: `"*\/45"` begins anew with each hour. */
  readonly warnings: readonly string[];

  /**
   * Reads a cron of 5 or 6 fields (with Fugit's `L`, `#`, `%`, `&`, `~` and a time zone behind),
   * `@daily` and its kin, an English phrase, or a true interval: `{ every: "90 minutes" }`.
   *
   * @throws {InvalidScheduleError} if it is none of these, or can never fire.
   */
  static parse(text: ScheduleText, options: ScheduleOptions = {}): Schedule {
    const { recurrences, warnings } = readSchedule(text, options);
    return new Schedule(recurrences, warnings);
  }

  private constructor(recurrences: readonly Recurrence[], warnings: readonly string[]) {
    this.#recurrences = recurrences;
    this.warnings = warnings;
  }

  /** The first occurrence after a time: a whole second; `undefined` where none comes any more. */
  next(after: Date): Date | undefined {
    const next = this.#next(Math.floor(msOf(after) / 1000));
    return next === undefined ? undefined : new Date(next * 1000);
  }

  /** The last occurrence before a time; `undefined` where there is none within a hundred years. */
  previous(before: Date): Date | undefined {
    // `next` is the one place that knows the rules, and it never falls: halving finds where it
    // passes the given time.
    const end = Math.ceil(msOf(before) / 1000);
    const isBefore = (time: number): boolean => (this.#next(time) ?? Infinity) < end;
    let span = 60;
    while (!isBefore(end - span)) {
      if (span > YEARS_BACK * 366 * 86_400) return undefined;
      span *= 4;
    }
    let [earlier, last] = [end - span, end];
    while (last - earlier > 1) {
      const middle = Math.floor((earlier + last) / 2);
      if (isBefore(middle)) earlier = middle;
      else last = middle;
    }
    return new Date(last * 1000);
  }

  /** The occurrences after a time, up to another and with it. */
  *between(after: Date, until: Date): Generator<Date, void, undefined> {
    let next = this.next(after);
    while (next !== undefined && next <= until) {
      yield next;
      next = this.next(next);
    }
  }

  /** It in English. What was read from a phrase reads as the same schedule again. */
  describe(): string {
    return describeSchedule(this.#recurrences);
  }

  /**
   * The time zones whose clocks decide: none for an interval.
   *
   * @internal
   */
  get zones(): readonly string[] {
    return [...new Set(this.#recurrences.flatMap(({ zone }) => zone ?? []))];
  }

  /**
   * Its one written form, which `parse` reads: schedules that mean the same by the same rules have
   * the same.
   */
  toString(): string {
    return this.#recurrences.map(({ text }) => text).join("; ");
  }

  /** As `toString`. */
  toJSON(): string {
    return this.toString();
  }

  #next(after: number): number | undefined {
    let first: number | undefined;
    for (const recurrence of this.#recurrences) {
      const next = recurrence.next(after);
      if (next !== undefined && !(next >= (first ?? Infinity))) first = next;
    }
    return first;
  }
}

function msOf(time: Date): number {
  const ms = time.getTime();
  if (Number.isNaN(ms)) {
    throw new RangeError(
      "Cannot look for an occurrence: the time given is an invalid Date. Give a valid one",
    );
  }
  return ms;
}
