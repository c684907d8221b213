import { weekdayNumbers } from "./field-kinds.ts";
import type { Phrase, PhraseUnit } from "./phrase.ts";
import { readDayNumbers, readDays, readMonths } from "./phrase-days.ts";
import { readPoints, unitOf } from "./phrase-points.ts";
import { readTime, type TimeOfDay } from "./phrase-times.ts";
import { PhraseWords } from "./phrase-words.ts";
import { readTimeZone } from "./read-time-zone.ts";
import type { Piece, SourceText } from "./source-text.ts";
import { TimeZone } from "./time-zone.ts";

/** Adverbs that do not say when, and what does. */
const REMEDIES: ReadonlyMap<string, string> = new Map([
  ["hourly", 'Write "every hour"'],
  ["weekly", 'Write "every week on monday at 9am"'],
  ["monthly", 'Write "every month on the 1st at 9am"'],
  ["yearly", 'Write "@yearly", or "every year at 9am"'],
  ["annually", 'Write "@annually", or "every year at 9am"'],
]);
const WRITTEN =
  'Write a cron such as "30 9 * * mon-fri", or a phrase such as "every 15 minutes", "every monday at 9am", ' +
  '"every month on the 1st and 15th at 8am" or "every day at noon Europe/Amsterdam"';

/** Reads an English phrase: "every monday and friday at 9am Europe/Amsterdam". */
export function readPhrase(piece: Piece, source: SourceText): Phrase {
  return new PhraseReader(new PhraseWords(piece, source)).read();
}

class PhraseReader {
  readonly #words: PhraseWords;
  readonly #phrase: Phrase = {
    every: undefined,
    weekdays: [],
    monthdays: [],
    months: [],
    times: [],
    seconds: [],
    minutes: [],
    hours: [],
    window: undefined,
    isEither: false,
    timeZone: undefined,
  };

  constructor(words: PhraseWords) {
    this.#words = words;
  }

  read(): Phrase {
    while (!this.#words.isAtEnd) {
      this.#element();
      const hasComma = this.#words.accept(",");
      const isEither = this.#words.word() === "or" && this.#words.word(1) === "on";
      this.#phrase.isEither ||= isEither;
      if (this.#words.accept("and", "or") || hasComma) this.#more();
    }
    return this.#phrase;
  }

  #more(): void {
    if (this.#words.isAtEnd) {
      throw this.#refuse("breaks off", "Write what is to follow, or end it before");
    }
  }

  #element(): void {
    const words = this.#words;
    const remedy = REMEDIES.get(words.word());
    if (remedy !== undefined) {
      throw this.#refuse("is not understood", remedy);
    }
    if (words.accept("every", "each")) {
      this.#every();
    } else if (words.accept("daily", "everyday")) {
      this.#setEvery(1, "day", words.piece(-1));
    } else if (words.accept("from")) {
      if (!this.#range()) throw this.#refuse("is no beginning", 'Write "from 9am to 5pm"');
    } else if (words.accept("at")) {
      if (!readPoints(words, this.#phrase) && !this.#times()) {
        throw this.#refuse("is no time of day", 'Write a time such as "9am", "15:30" or "noon"');
      }
    } else if (words.accept("on")) {
      if (
        !readPoints(words, this.#phrase) &&
        !readDayNumbers(words, this.#phrase) &&
        !readDays(words, this.#phrase) &&
        !this.#zone()
      ) {
        throw this.#refuse(
          "is no day",
          'Write "on monday", "on the 1st and 15th" or "on days 1, 15"',
        );
      }
    } else if (words.accept("in", "of")) {
      if (!readPoints(words, this.#phrase) && !readMonths(words, this.#phrase)) this.#namedZone();
    } else if (!this.#bare()) {
      throw this.#refuse("is not understood", WRITTEN);
    }
  }

  /**
   * What has no word before it: `15 minutes`, `9am to 5pm`, `18:24`, `monday`, `Europe/Amsterdam`.
   */
  #bare(): boolean {
    const words = this.#words;
    const isTime = !/^\d+$/.test(words.word()) || /^(?:am|pm|noon|mid)/.test(words.word(1));
    return (
      this.#interval() ||
      this.#range() ||
      (isTime && this.#times()) ||
      readDays(words, this.#phrase) ||
      this.#zone()
    );
  }

  #every(): void {
    const words = this.#words;
    if (words.word() === "other") {
      const unit = words.word(1);
      const weekday = weekdayNumbers.has(unit)
        ? `"0 9 * * ${unit.slice(0, 3)}%2"`
        : `"every 2 ${unit || "day"}s"`;
      throw this.#refuse("does not say from when it is counted", `Write ${weekday}`);
    }
    const isOrdinal = words.word() !== "second" || /^(?:of|and|or|,)$|day$/.test(words.word(1));
    if (isOrdinal && readDays(words, this.#phrase)) {
      return;
    }
    if (readMonths(words, this.#phrase)) {
      this.#setEvery(1, "month", words.piece(-1));
    } else if (!this.#interval()) {
      throw this.#refuse("is nothing that comes again", WRITTEN);
    }
  }

  /** `15 minutes`, `15m`, `hour`, each with `starting at minute 1` behind. */
  #interval(): boolean {
    const words = this.#words;
    const piece = words.piece();
    const read = words.attempt(() => {
      const count = words.number();
      const unit = unitOf(words.piece());
      const isBare = count === undefined && !["every", "each"].includes(words.word(-1));
      if (unit === undefined || isBare) return undefined;
      words.skip();
      return { count: count ?? 1, unit };
    });
    if (read === undefined) {
      return false;
    }
    if (read.count === 0) {
      throw words.source.refuse(piece, "is no interval", "Write a number from 1 up");
    }
    this.#setEvery(read.count, read.unit, piece);
    return true;
  }

  #setEvery(count: number, unit: PhraseUnit, piece: Piece): void {
    if (this.#phrase.every !== undefined) {
      throw this.#words.source.refuse(piece, "is a second interval", "Write two schedules");
    }
    this.#phrase.every = { count, unit, piece, startingAt: this.#startingAt() };
  }

  #startingAt(): number | undefined {
    const words = this.#words;
    return words.attempt(() => {
      const begins =
        words.accept("from") || (words.accept("starting") && words.accept("at", "from"));
      if (!begins || unitOf(words.piece()) === undefined) return undefined;
      words.skip();
      return words.number();
    });
  }

  /** `9am to 5pm`, and with "from" before: `monday to friday`, `the 25th to the last`. */
  #range(): boolean {
    const words = this.#words;
    const piece = words.piece();
    const window = words.attempt(() => {
      const from = this.#time();
      const to = from !== undefined && words.acceptTo() ? this.#time() : undefined;
      return from && to && { from, to, piece };
    });
    if (window !== undefined) {
      this.#phrase.window = window;
    }
    return window !== undefined || (words.word(-1) === "from" && readDays(words, this.#phrase));
  }

  #times(): boolean {
    const times = this.#words.list(() => {
      this.#words.accept("at");
      return this.#time();
    });
    this.#phrase.times.push(...times);
    return times.length > 0;
  }

  #time(): TimeOfDay | undefined {
    return this.#words.attempt(() => readTime(this.#words));
  }

  #zone(): boolean {
    const { text } = this.#words.piece();
    const isOne = text.includes("/") || /^[+-]\d/.test(text) || TimeZone.named(text) !== undefined;
    if (isOne) this.#namedZone();
    return isOne;
  }

  #namedZone(): void {
    const piece = this.#words.piece();
    const zone = readTimeZone(piece, this.#words.source);
    if (this.#phrase.timeZone !== undefined) {
      throw this.#words.source.refuse(piece, "is a second time zone", "Write one");
    }
    this.#phrase.timeZone = zone;
    this.#words.skip();
  }

  #refuse(why: string, whatToDo: string): Error {
    const words = this.#words;
    return words.isAtEnd
      ? words.source.refuse(words.piece(-1), "has nothing behind it that belongs there", whatToDo)
      : words.source.refuse(words.piece(), why, whatToDo);
  }
}
