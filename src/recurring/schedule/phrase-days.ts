import { monthNumbers, weekdayNumbers } from "./field-kinds.ts";
import type { Phrase } from "./phrase.ts";
import type { PhraseWords } from "./phrase-words.ts";
import type { Piece } from "./source-text.ts";

/**
 * Reads days of the week and of the month: `monday to friday`, `the 1st and the last`, `first
 * monday of the month`.
 */
export function readDays(words: PhraseWords, phrase: Phrase): boolean {
  const reader = new DayReader(words, phrase);
  return words.list(() => reader.weekdays() ?? reader.monthdays()).length > 0;
}

/** Reads days of the month by their numbers: `day 2 and 5`. */
export function readDayNumbers(words: PhraseWords, phrase: Phrase): boolean {
  const reader = new DayReader(words, phrase);
  const days = words.attempt(() =>
    words.accept("day", "days") ? words.list(() => reader.number()) : undefined,
  );
  phrase.monthdays.push(...(days ?? []));
  return days !== undefined && days.length > 0;
}

/** Reads months by their names: `January`, `March and June to August`. */
export function readMonths(words: PhraseWords, phrase: Phrase): boolean {
  const months = words.list(() => readMonth(words));
  phrase.months.push(...months);
  return months.length > 0;
}

function readMonth(words: PhraseWords): string | undefined {
  const month = (): number | undefined => {
    const named = monthNumbers.get(words.word());
    if (named !== undefined) words.skip();
    return named;
  };
  const first = month();
  const last = words.attempt(() => (first !== undefined && words.acceptTo() ? month() : undefined));
  return first === undefined ? undefined : last === undefined ? `${first}` : `${first}-${last}`;
}

class DayReader {
  readonly #words: PhraseWords;
  readonly #phrase: Phrase;

  constructor(words: PhraseWords, phrase: Phrase) {
    this.#words = words;
    this.#phrase = phrase;
  }

  number(): string | undefined {
    const piece = this.#words.piece();
    const day = this.#words.number();
    return day === undefined ? undefined : this.#monthday(day, piece);
  }

  weekdays(): true | undefined {
    const words = this.#words;
    if (words.accept("weekday", "weekdays", "weekends")) {
      this.#phrase.weekdays.push(words.word(-1) === "weekends" ? "6-0" : "1-5");
      return true;
    }
    const first = this.#weekday();
    if (first === undefined) {
      return undefined;
    }
    const last = words.attempt(() => (words.acceptTo() ? this.#weekday() : undefined));
    this.#phrase.weekdays.push(last === undefined ? `${first}` : `${first}-${last}`);
    return true;
  }

  #weekday(): number | undefined {
    const word = this.#words.word();
    const weekday = weekdayNumbers.get(word) ?? weekdayNumbers.get(word.replace(/s$/, ""));
    if (weekday !== undefined) this.#words.skip();
    return weekday;
  }

  /**
   * `the 1st`, `15th of the month`, `the 25th to the last`, `the last day of the month`, `first
   * monday of the month`.
   */
  monthdays(): true | undefined {
    const words = this.#words;
    words.accept("the");
    const piece = words.piece();
    const ordinal = words.ordinal();
    if (ordinal === undefined) {
      return undefined;
    }
    const weekday = this.#weekday();
    if (weekday !== undefined) {
      this.#nthWeekday(ordinal, weekday, piece);
      return true;
    }
    if (words.word() === "day" && ordinal !== -1) {
      const whatToDo = `Write "every ${ordinal} days", or "every ${piece.text} of the month"`;
      throw words.source.refuse(piece, "may be counted from anywhere", whatToDo);
    }
    words.accept("day");
    const to = this.#rangeEnd();
    this.#ofTheMonth();
    const from = this.#monthday(ordinal, piece);
    this.#phrase.monthdays.push(to === undefined ? from : `${from}-${to}`);
    return true;
  }

  #rangeEnd(): string | undefined {
    const words = this.#words;
    return words.attempt(() => {
      const goesOn = words.acceptTo();
      words.accept("the");
      const piece = words.piece();
      const day = goesOn ? words.ordinal() : undefined;
      if (day === -1) words.accept("day");
      return day === undefined ? undefined : this.#monthday(day, piece);
    });
  }

  #nthWeekday(ordinal: number, weekday: number, piece: Piece): void {
    const words = this.#words;
    // "every second monday" is every other one to most who say it.
    const isOfMonth = this.#ofTheMonth() || words.word() === "and" || words.word() === ",";
    if (!isOfMonth && ordinal !== -1) {
      const whatToDo = 'Write "of the month" behind it; every so many weeks is "mon%2" in a cron';
      throw words.source.refuse(piece, "may be counted from anywhere", whatToDo);
    }
    if (ordinal > 5) {
      throw words.source.refuse(piece, "is in no month", 'Write "first" to "fifth" or "last"');
    }
    this.#phrase.weekdays.push(`${weekday}#${ordinal === -1 ? "L" : ordinal}`);
  }

  #monthday(day: number, piece: Piece): string {
    if (day > 31 || day === 0) {
      throw this.#words.source.refuse(piece, "is in no month", "Write a day from 1 to 31");
    }
    return day === -1 ? "L" : `${day}`;
  }

  /** `of the month`, `of January` */
  #ofTheMonth(): boolean {
    const words = this.#words;
    const read = words.attempt(() => {
      if (!words.accept("of")) return undefined;
      words.accept("the", "each", "every", "a");
      return words.accept("month") || readMonths(words, this.#phrase) || undefined;
    });
    return read === true;
  }
}
