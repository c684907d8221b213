import { DAY } from "./calendar.ts";
import { CronDays } from "./cron-days.ts";
import { CronTimes } from "./cron-times.ts";
import type { Cron } from "./cron.ts";
import { describeCron } from "./describe-cron.ts";
import type { Recurrence, Sentence } from "./recurrence.ts";
import type { Period, TimeZone } from "./time-zone.ts";

/**
 * From so many seconds on a shift of the clocks is the calendar's: a day that is not there, or is
 * there twice.
 */
const SHIFT_OF_CALENDAR = 3 * 3600;

/**
 * A cron in a time zone.
 *
 * What clocks on walls show decides, but for two things. Where clocks are set forward, a fixed cron
 * (one whose hour and minute have no star) whose time is skipped occurs at the first instant
 * thereafter, once for all that is skipped. Where they are set back, a fixed cron occurs in the
 * first pass only. A cron that is not fixed goes on with the time that passes. Shifts of three
 * hours and more are the calendar's, for all: what is not there does not occur, and what is there
 * twice does.
 *
 * @see Debian's cron(8), "Daylight Saving Time and other time changes"
 */
export class CronRecurrence implements Recurrence {
  readonly #cron: Cron;
  readonly #days: CronDays;
  readonly #times: CronTimes;
  readonly #timeZone: TimeZone;

  constructor(cron: Cron, timeZone: TimeZone) {
    this.#cron = cron;
    this.#timeZone = timeZone;
    this.#days = new CronDays(cron.days);
    this.#times = new CronTimes(cron.hours.values, {
      minutes: cron.minutes.values,
      seconds: cron.seconds.values,
    });
  }

  next(after: number): number | undefined {
    let from = after + 1;
    // Not that of `from`: where clocks are set forward right there, what they skip is still to
    // occur.
    let period = this.#timeZone.periodAt(after);
    for (;;) {
      const wall = this.#nextOnWall(from + period.offset);
      if (wall === undefined) {
        return undefined;
      }
      const time = wall - period.offset;
      if (time < period.end) {
        const firstTime = this.#cron.isFixed ? secondPassEnd(period) : period.start;
        if (time >= firstTime) {
          return time;
        }
        from = firstTime;
        continue;
      }
      const following = this.#timeZone.periodAt(period.end);
      if (this.#cron.isFixed && isSkipped(wall, { period, following })) {
        return following.start;
      }
      // Far ahead there is nothing in between; near by, clocks that are set back may show what was
      // not yet.
      const isNear = period.end - from < 2 * DAY;
      from = isNear ? period.end : Math.max(period.end, time - 2 * DAY);
      period = this.#timeZone.periodAt(from);
    }
  }

  get text(): string {
    const { name } = this.#timeZone;
    return name === "UTC" ? this.#cron.text : `${this.#cron.text} ${name}`;
  }

  get zone(): string {
    return this.#timeZone.name;
  }

  get english(): Sentence {
    return describeCron(this.#cron, this.#timeZone.name);
  }

  /**
   * The first time from the given one on that the cron means. Both are what clocks show, as if they
   * were UTC's.
   */
  #nextOnWall(from: number): number | undefined {
    const today = Math.floor(from / DAY);
    const day = this.#days.next(today);
    if (day === today) {
      const time = this.#times.next(from - today * DAY);
      if (time !== undefined) return today * DAY + time;
      const later = this.#days.next(today + 1);
      return later === undefined ? undefined : later * DAY + this.#times.first;
    }
    return day === undefined ? undefined : day * DAY + this.#times.first;
  }
}

/** Until when clocks show again what they have shown. */
function secondPassEnd({ start, shift }: Period): number {
  return shift < 0 && shift > -SHIFT_OF_CALENDAR ? start - shift : start;
}

/** Whether clocks never show a time, because they are set forward over it. */
function isSkipped(
  wall: number,
  { period, following }: { period: Period; following: Period },
): boolean {
  const isShift = following.start === period.end;
  const shift = isShift ? following.shift : 0;
  return shift > 0 && shift < SHIFT_OF_CALENDAR && wall < following.start + following.offset;
}
