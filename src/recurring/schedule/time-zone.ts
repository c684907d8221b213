import { DAY, firstDayOf } from "./calendar.ts";

/** A time in which a zone's offset from UTC does not change. Times are epoch seconds. */
export interface Period {
  readonly start: number;
  /** The first second after it. */
  readonly end: number;
  /** What is to be added to UTC. */
  readonly offset: number;
  /**
   * By how much clocks were set forward (or, negative, back) at its start; 0 where it goes on from
   * the last.
   */
  readonly shift: number;
}

const OFFSET = /^([+-])(\d\d):?(\d\d)?$/;
const WALL = /(\d+)\/(\d+)\/(\d+), (\d+):(\d+):(\d+)/;
const UTC = /^(?:UTC|Etc\/UTC|GMT|Z)$/i;
/**
 * So far back the start of a year's first period is looked for: further than any clock was ever
 * set.
 */
const LOOK_BACK = 2 * DAY;
/** No zone's clocks were set twice within six days since 1970. */
const STEP = 3 * DAY;

const known = new Map<string, TimeZone>();

/**
 * A time zone, with the rules that this Node has of it.
 *
 * Asking `Intl` takes some microseconds, and arithmetic none: so it is asked for some days of each
 * year that is needed, and where the offset changed between two of them, for the second at which it
 * did.
 */
export class TimeZone {
  readonly name: string;
  readonly #offsetAt: (time: number) => number;
  readonly #years = new Map<number, readonly Period[]>();
  #last: Period;

  /**
   * The zone of that name (`"Europe/Amsterdam"`, `"UTC"`, `"+05:30"`), or `undefined` where there
   * is none.
   */
  static named(name: string): TimeZone | undefined {
    const zone = known.get(name) ?? open(name);
    if (zone !== undefined) known.set(name, zone);
    return zone;
  }

  /** @param offset What is to be added to UTC: the same at all times, or to be asked for. */
  constructor(name: string, offset: number | ((time: number) => number)) {
    this.name = name;
    const isConstant = typeof offset === "number";
    this.#offsetAt = isConstant ? () => offset : offset;
    this.#last = isConstant
      ? { start: -Infinity, end: Infinity, offset, shift: 0 }
      : { start: 0, end: 0, offset: 0, shift: 0 };
  }

  /** The period in which a second is. It may end, or begin, where the offset does not change. */
  periodAt(time: number): Period {
    if (time < this.#last.start || time >= this.#last.end) {
      this.#last = this.#find(time);
    }
    return this.#last;
  }

  #find(time: number): Period {
    const year = new Date(time * 1000).getUTCFullYear();
    let periods = this.#years.get(year);
    if (periods === undefined) {
      periods = this.#periodsOf(year);
      this.#years.set(year, periods);
    }
    return periods.find(({ end }) => time < end) as Period;
  }

  #periodsOf(year: number): Period[] {
    const [first, end] = [firstDayOf(year * 12) * DAY, firstDayOf(year * 12 + 12) * DAY];
    const periods: Period[] = [];
    let start = first - LOOK_BACK;
    let [offset, shift] = [this.#offsetAt(start), 0];
    for (const changed of this.#changes(start, end)) {
      const next = this.#offsetAt(changed);
      periods.push({ start, end: changed, offset, shift });
      [start, shift, offset] = [changed, next - offset, next];
    }
    periods.push({ start, end, offset, shift });
    return periods.filter((period) => period.end > first);
  }

  /** The seconds from which on another offset holds. */
  *#changes(from: number, to: number): Generator<number> {
    let before = from;
    while (before < to) {
      const after = Math.min(before + STEP, to);
      const offset = this.#offsetAt(before);
      if (this.#offsetAt(after) === offset) {
        before = after;
      } else {
        const changed = this.#firstWithout(offset, before, after);
        if (changed < to) yield changed;
        before = changed;
      }
    }
  }

  /**
   * The first second at which that offset does not hold: it does at the first given, and does not
   * at the last.
   */
  #firstWithout(offset: number, first: number, last: number): number {
    let [holds, holdsNot] = [first, last];
    while (holdsNot - holds > 1) {
      const middle = Math.floor((holds + holdsNot) / 2);
      if (this.#offsetAt(middle) === offset) holds = middle;
      else holdsNot = middle;
    }
    return holdsNot;
  }
}

function open(name: string): TimeZone | undefined {
  if (UTC.test(name)) {
    return new TimeZone("UTC", 0);
  }
  const [isOffset, sign, hours = "", minutes = "0"] = OFFSET.exec(name) ?? [];
  if (isOffset !== undefined) {
    const seconds = Number(hours) * 3600 + Number(minutes) * 60;
    return new TimeZone(name, sign === "-" ? -seconds : seconds);
  }
  const format = formatOf(name);
  return format && new TimeZone(name, (time) => offsetOf(format, time));
}

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    return undefined;
  }
}

function offsetOf(format: Intl.DateTimeFormat, time: number): number {
  const [, month, day, year, hour, minute, second] = (WALL.exec(format.format(time * 1000)) ??
    []) as unknown as number[];
  const days = firstDayOf(Number(year) * 12 + Number(month) - 1) + Number(day) - 1;
  return days * DAY + Number(hour) * 3600 + Number(minute) * 60 + Number(second) - time;
}
