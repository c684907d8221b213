import type { Every, Phrase } from "./phrase.ts";
import type { TimeOfDay } from "./phrase-times.ts";
import type { SourceText } from "./source-text.ts";

/** What a phrase comes to: crons, without their time zone, or the seconds of a true interval. */
export type Meaning =
  | { readonly crons: readonly string[]; readonly interval?: never }
  | { readonly crons?: never; readonly interval: number };

/** The fields second, minute and hour. */
type Times = readonly [second: string, minute: string, hour: string];

const SECONDS = { second: 1, minute: 60, hour: 3600 } as const;
const RING = { second: 60, minute: 60, hour: 24 } as const;

/** Puts together what a phrase says. What a cron cannot say is a true interval, or refused. */
export function meaningOf(phrase: Phrase, source: SourceText): Meaning {
  return new Meanings(phrase, source).find();
}

class Meanings {
  readonly #phrase: Phrase;
  readonly #source: SourceText;

  constructor(phrase: Phrase, source: SourceText) {
    this.#phrase = phrase;
    this.#source = source;
  }

  find(): Meaning {
    const every = this.#shortInterval();
    if (every !== undefined && RING[every.unit] % every.count !== 0) {
      return this.#trueInterval(every);
    }
    const times = every === undefined ? this.#timesOfDay() : [this.#within(every)];
    const days = this.#days(every === undefined ? this.#phrase.every : undefined);
    return { crons: times.map((fields) => cronOf(fields, days)) };
  }

  /** Of seconds, minutes or hours: `every 120 minutes` is `every 2 hours`. */
  #shortInterval(): (Every & { readonly unit: keyof typeof RING }) | undefined {
    const { every } = this.#phrase;
    if (every === undefined || !(every.unit in RING)) {
      return undefined;
    }
    const [stray] = this.#phrase.times;
    if (stray !== undefined) {
      const whatToDo =
        `Write "every hour at minute ${stray.hour}", "every day at ${clock(stray)}", or a time span such as ` +
        '"from 9am to 5pm"';
      throw this.#source.refuse(
        every.piece,
        "goes on all day, and not at one time of it",
        whatToDo,
      );
    }
    const seconds = every.count * SECONDS[every.unit as keyof typeof SECONDS];
    const unit = (["hour", "minute", "second"] as const).find(
      (each) =>
        seconds % SECONDS[each] === 0 && (every.startingAt === undefined || each === every.unit),
    ) as keyof typeof RING;
    return { ...every, unit, count: seconds / SECONDS[unit] };
  }

  #trueInterval(every: Every & { readonly unit: keyof typeof RING }): Meaning {
    const { weekdays, monthdays, months, seconds, minutes, hours, window } = this.#phrase;
    const others = [weekdays, monthdays, months, seconds, minutes, hours];
    const isAlone = others.every((said) => said.length === 0) && window === undefined;
    if (!isAlone || every.startingAt !== undefined) {
      const why = `does not divide ${every.unit === "hour" ? "a day" : `an hour`}, and is no part of days or hours`;
      const whatToDo = `Leave out all but "every ${every.count} ${every.unit}s", or write an interval that divides it`;
      throw this.#source.refuse(every.piece, why, whatToDo);
    }
    return { interval: every.count * SECONDS[every.unit] };
  }

  /** `every 15 minutes`, in some hours of the day, at some minute or second. */
  #within({ unit, count, startingAt, piece }: Every & { readonly unit: keyof typeof RING }): Times {
    const { seconds, minutes } = this.#phrase;
    const step = stepOf(count, startingAt, { limit: RING[unit], source: this.#source, piece });
    const second = listOf(seconds, "0");
    if (unit === "hour") {
      const window = this.#hours({ isExclusive: this.#hasMinutes(), step: count });
      return [second, window?.minute ?? listOf(minutes, "0"), window?.hours ?? step];
    }
    if (unit === "minute") {
      const isTwice = minutes.length > 0 && !(count === 1 && minutes.every((each) => each === "*"));
      if (isTwice) throw this.#twice(piece, "minute");
      return [second, step, this.#hours({ isExclusive: true })?.hours ?? "*"];
    }
    if (seconds.length > 0) throw this.#twice(piece, "second");
    return [step, listOf(minutes, "*"), this.#hours({ isExclusive: true })?.hours ?? "*"];
  }

  /** Others than the full hour. */
  #hasMinutes(): boolean {
    return this.#phrase.minutes.some((minute) => minute !== "0");
  }

  #twice(piece: Every["piece"], unit: string): Error {
    const whatToDo = `Leave out one of both, or write "every hour" or "every minute"`;
    return this.#source.refuse(piece, `and "at ${unit}" say different things`, whatToDo);
  }

  /** The hours of a time span. A span of hours ends with its last, one of minutes before that. */
  #hours({
    isExclusive,
    step = 1,
  }: {
    readonly isExclusive: boolean;
    readonly step?: number;
  }): { readonly hours: string; readonly minute: string | undefined } | undefined {
    const { window, hours } = this.#phrase;
    if (window === undefined) {
      return hours.length === 0 ? undefined : { hours: hours.join(","), minute: undefined };
    }
    const { from, to, piece } = window;
    const isOdd = isExclusive ? from.minute !== 0 || to.minute !== 0 : from.minute !== to.minute;
    if (isOdd || from.second !== 0 || to.second !== 0) {
      const whatToDo = 'Write full hours, such as "from 9am to 5pm"';
      throw this.#source.refuse(
        piece,
        "begins or ends between full hours, or at different minutes",
        whatToDo,
      );
    }
    const last = isExclusive ? (to.hour + 23) % 24 : to.hour;
    const range = from.hour === last ? `${last}` : `${from.hour}-${last}`;
    const stepped = step === 1 ? range : `${range}/${step}`;
    return { hours: stepped, minute: isExclusive ? undefined : `${from.minute}` };
  }

  /** Times of a day, put together where a cron can say them at once. */
  #timesOfDay(): Times[] {
    const { times, seconds, minutes, every } = this.#phrase;
    if (times.length === 0) {
      const window = this.#hours({ isExclusive: this.#hasMinutes() });
      const second = listOf(seconds, "0");
      if (window !== undefined) {
        return [[second, window.minute ?? listOf(minutes, "0"), window.hours]];
      }
      if (minutes.length > 0 || seconds.length > 0) {
        const piece = every?.piece ?? { text: this.#source.text, at: 0 };
        const whatToDo = 'Write "every hour at minute 5" or "every minute at second 10"';
        throw this.#source.refuse(piece, "does not say in which hours", whatToDo);
      }
      return [["0", "0", "0"]];
    }
    if (minutes.length > 0 || seconds.length > 0 || this.#hours({ isExclusive: false })) {
      const whatToDo =
        'Write times such as "at 9:05 and 9:35", or "every hour at minute 5 from 9am to 5pm"';
      throw this.#source.refuseAll("it has times of day, and minutes or hours besides", whatToDo);
    }
    return grouped(times);
  }

  #days(every: Every | undefined): string {
    const { weekdays, monthdays, months, isEither } = this.#phrase;
    const { count = 1, unit, piece, startingAt } = every ?? {};
    const isNothing = weekdays.length === 0 && monthdays.length === 0;
    if (weekdays.length > 0 && monthdays.length > 0 && !isEither) {
      throw this.#source.refuseAll(
        "it has days of the week and of the month",
        'Write "on the 13th or on friday" for either; a cron that means both is "0 0 13 * fri&"',
      );
    }
    const weekday = listOf(weekdays, unit === "week" ? "0" : "*");
    const day = (byDefault: string): string => listOf(monthdays, isNothing ? byDefault : "*");
    if (every !== undefined && piece !== undefined) this.#checkLong({ ...every, piece });
    if (unit === "month") {
      const step = stepOf(count, startingAt, {
        limit: 12,
        source: this.#source,
        piece: every?.piece,
      });
      return `${day("1")} ${listOf(months, step === "0" ? "1" : step)} ${weekday}`;
    }
    if (unit === "year") {
      return `${day("1")} ${listOf(months, "1")} ${weekday}`;
    }
    const everyDay = unit === "day" && count > 1 ? `*%${count}` : "*";
    return `${day(everyDay)} ${listOf(months, "*")} ${weekday}`;
  }

  /** What no cron can say, and no interval either. */
  #checkLong({ unit, count, piece, startingAt }: Every): void {
    const refuse = (why: string, whatToDo: string): Error =>
      this.#source.refuse(piece, why, whatToDo);
    const { weekdays, monthdays } = this.#phrase;
    const hasDays = weekdays.length > 0 || monthdays.length > 0;
    if (unit === "week" && count > 1) {
      const whatToDo = `Write "0 9 * * mon%${count}" for each ${count} weeks on Monday at 9, or an interval of days`;
      throw refuse("does not say from which week they are counted", whatToDo);
    }
    if (unit === "year" && count > 1) {
      throw refuse(
        "is more than a cron can say",
        'Write "every year", and look at the year in the job',
      );
    }
    if (unit === "month" && 12 % count !== 0) {
      throw refuse(
        "does not divide a year",
        'Write 1, 2, 3, 4, 6 or 12 months, or days such as "every 150 days"',
      );
    }
    if (unit === "day" && count > 1 && (hasDays || startingAt !== undefined)) {
      const whatToDo = `Write "every ${count} days" by itself, or a cron such as "0 0 ${startingAt ?? 1}/${count} * *"`;
      throw refuse("and days beside it say different things", whatToDo);
    }
  }
}

/** `*`, an even step, or one that begins at an offset. */
function stepOf(
  count: number,
  startingAt: number | undefined,
  {
    limit,
    source,
    piece,
  }: { limit: number; source: SourceText; piece: Every["piece"] | undefined },
): string {
  if (startingAt === undefined) {
    return count === 1 ? "*" : count === limit ? "0" : `*/${count}`;
  }
  if (startingAt >= limit + (limit === 12 ? 1 : 0)) {
    throw source.refuse(
      piece ?? { text: source.text, at: 0 },
      `cannot start at ${startingAt}`,
      `Write less than ${limit}`,
    );
  }
  return `${startingAt}/${count}`;
}

function listOf(values: readonly string[], byDefault: string): string {
  return values.length === 0 ? byDefault : values.join(",");
}

function cronOf([second, minute, hour]: Times, days: string): string {
  return `${second === "0" ? "" : `${second} `}${minute} ${hour} ${days}`;
}

/**
 * As few crons as say all of these times and no other: those of the same hours share their minutes.
 */
function grouped(times: readonly TimeOfDay[]): Times[] {
  const hoursOf = new Map<string, Set<number>>();
  for (const { hour, minute, second } of times) {
    const key = `${second} ${minute}`;
    hoursOf.set(key, (hoursOf.get(key) ?? new Set()).add(hour));
  }
  const minutesOf = new Map<string, string[]>();
  for (const [key, hours] of hoursOf) {
    const [second, minute] = key.split(" ") as [string, string];
    const shared = `${second} ${[...hours].toSorted((one, other) => one - other).join(",")}`;
    minutesOf.set(shared, [...(minutesOf.get(shared) ?? []), minute]);
  }
  return [...minutesOf].map(([shared, minutes]) => {
    const [second, hours] = shared.split(" ") as [string, string];
    return [second, minutes.join(","), hours];
  });
}

function clock({ hour, minute }: TimeOfDay): string {
  return `${hour}:${String(minute).padStart(2, "0")}`;
}
