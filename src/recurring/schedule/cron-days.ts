import { firstDayOf, monthOf, remainder, weekdayOf, type Month } from "./calendar.ts";

/**
 * A rule for days of the month: from one to another, in steps. Negative ones count from the month's
 * end, -1 being its last.
 */
export interface DayRange {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** The working day that is nearest to a day, in the same month; -1 is the month's last day. */
interface NearestWorkday {
  readonly nearest: number;
}

/** Each so-manieth day, counted from 1 January 1970. */
interface EveryNthDay {
  readonly everyNthDay: number;
  readonly plus: number;
}

export type MonthdayRule = DayRange | NearestWorkday | EveryNthDay;

/**
 * A day of the week: each, the nth of the month (negative: from its end), or in each so-manieth
 * week.
 */
export interface WeekdayRule {
  /** 0 is Sunday. */
  readonly weekday: number;
  readonly nth?: number;
  /** Weeks are counted from Monday, 31 December 2018, as Fugit does. */
  readonly everyNthWeek?: number;
  readonly plus?: number;
}

/** What a cron says about days. */
export interface DayRules {
  /** From 1 to 12. */
  readonly months: readonly number[];
  /** `undefined`: any. */
  readonly monthdays: readonly MonthdayRule[] | undefined;
  readonly weekdays: readonly WeekdayRule[] | undefined;
  /**
   * Whether days of the month and of the week must both fit, where both are given; else one of them
   * does.
   */
  readonly isBoth: boolean;
}

/** In so many months the calendar repeats itself. */
const MONTHS_OF_CYCLE = 4800;
const MONDAY_OF_WEEK_0 = 17_896;

/** The days that a cron means. Days are counted from 1 January 1970. */
export class CronDays {
  readonly #rules: DayRules;
  readonly #isInMonth: readonly boolean[];
  #month: Month = NaN;
  #first = 0;
  #length = 0;
  /** A bit for each day of that month, the lowest being the 1st. */
  #days = 0;

  constructor(rules: DayRules) {
    this.#rules = rules;
    this.#isInMonth = Array.from({ length: 12 }, (_, index) => rules.months.includes(index + 1));
  }

  /** The first day from the given one on; `undefined` where none comes within 400 years. */
  next(day: number): number | undefined {
    if (!(day >= this.#first && day < this.#first + this.#length)) {
      this.#turnTo(monthOf(day));
    }
    let days = this.#days & (-1 << (day - this.#first));
    const last = this.#month + MONTHS_OF_CYCLE;
    while (days === 0) {
      if (this.#month > last) return undefined;
      this.#turnTo(this.#month + 1);
      days = this.#days;
    }
    return this.#first + 31 - Math.clz32(days & -days);
  }

  #turnTo(month: Month): void {
    this.#first = firstDayOf(month);
    this.#length = firstDayOf(month + 1) - this.#first;
    this.#month = month;
    this.#days = this.#isInMonth[remainder(month, 12)] === true ? this.#daysOfMonth() : 0;
  }

  #daysOfMonth(): number {
    const { monthdays, weekdays, isBoth } = this.#rules;
    const all = -1 >>> (32 - this.#length);
    const byMonthday = monthdays?.reduce((days, rule) => days | this.#byMonthday(rule), 0) ?? all;
    const byWeekday = weekdays?.reduce((days, rule) => days | this.#byWeekday(rule), 0) ?? all;
    const isEither = monthdays !== undefined && weekdays !== undefined && !isBoth;
    return isEither ? byMonthday | byWeekday : byMonthday & byWeekday;
  }

  #byMonthday(rule: MonthdayRule): number {
    if ("nearest" in rule) {
      return this.#nearestWorkday(rule.nearest);
    }
    let days = 0;
    if ("everyNthDay" in rule) {
      const { everyNthDay, plus } = rule;
      for (let index = 0; index < this.#length; index += 1) {
        if (remainder(this.#first + index - plus, everyNthDay) === 0) days |= 1 << index;
      }
      return days;
    }
    const to = Math.min(this.#placeOf(rule.to), this.#length - 1);
    for (let index = this.#placeOf(rule.from); index <= to; index += rule.step) {
      if (index >= 0) days |= 1 << index;
    }
    return days;
  }

  #byWeekday({ weekday, nth, everyNthWeek, plus = 0 }: WeekdayRule): number {
    let days = 0;
    const first = remainder(weekday - weekdayOf(this.#first), 7);
    for (let index = first; index < this.#length; index += 7) {
      const fromStart = (index - first) / 7 + 1;
      const fromEnd = -Math.ceil((this.#length - index) / 7);
      const week = Math.floor((this.#first + index - MONDAY_OF_WEEK_0) / 7);
      const isMeant =
        (nth === undefined || nth === fromStart || nth === fromEnd) &&
        (everyNthWeek === undefined || remainder(week - plus, everyNthWeek) === 0);
      if (isMeant) days |= 1 << index;
    }
    return days;
  }

  /** Saturday's is the day before, Sunday's the day behind, but in the same month. */
  #nearestWorkday(day: number): number {
    const index = this.#placeOf(day);
    if (index >= this.#length) {
      return 0;
    }
    const weekday = weekdayOf(this.#first + index);
    if (weekday === 6) {
      return 1 << (index === 0 ? 2 : index - 1);
    }
    return 1 << (weekday === 0 ? (index === this.#length - 1 ? index - 2 : index + 1) : index);
  }

  #placeOf(day: number): number {
    return day < 0 ? this.#length + day : day - 1;
  }
}
