import { piecesOf, type Piece, type SourceText } from "./source-text.ts";

/** Words, numbers, times, ordinals, time zones and signs. */
const WORD =
  /[a-z]+(?:\/[\w+-]+)+|(?<=\s)[+-]\d\d(?::?\d\d)?\b|\d+:\d\d(?::\d\d)?|\d+(?:st|nd|rd|th)\b|\d+|[a-z']+|\S/gi;

const ONES = "zero one two three four five six seven eight nine ten eleven twelve".split(" ");
const TEENS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(" ");
const TENS = ["twenty", "thirty", "forty", "fifty"];
const ORDINALS = [
  ..."first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(" "),
  ..."thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(
    " ",
  ),
];

const numbers = new Map([...ONES, ...TEENS].map((word, index) => [word, index]));
const tens = new Map(TENS.map((word, index) => [word, (index + 2) * 10]));
const ordinals = new Map<string, number>([
  ...ORDINALS.map((word, index) => [word, index + 1] as const),
  ["thirtieth", 30],
  ["last", -1],
]);

/** The words of a phrase, read one after the other. */
export class PhraseWords {
  readonly source: SourceText;
  readonly #words: readonly Piece[];
  readonly #end: Piece;
  #index = 0;

  constructor(phrase: Piece, source: SourceText) {
    this.source = source;
    this.#words = piecesOf(phrase, WORD);
    this.#end = { text: "", at: phrase.at + phrase.text.length };
  }

  get isAtEnd(): boolean {
    return this.#index >= this.#words.length;
  }

  /** The next word as it stands there, or one of those behind it. */
  piece(ahead = 0): Piece {
    return this.#words[this.#index + ahead] ?? this.#end;
  }

  /** The same in lower case; empty at the end. */
  word(ahead = 0): string {
    return this.piece(ahead).text.toLowerCase();
  }

  skip(count = 1): void {
    this.#index += count;
  }

  /** Passes over one of these words, if it is the next. */
  accept(...words: readonly string[]): boolean {
    const isNext = words.includes(this.word());
    if (isNext) this.skip();
    return isNext;
  }

  /** Reads it, or goes back to where it began. */
  attempt<Read>(read: () => Read | undefined): Read | undefined {
    const begin = this.#index;
    const value = read();
    if (value === undefined) this.#index = begin;
    return value;
  }

  /** Items with commas, "and" or "or" between them. */
  list<Item>(item: () => Item | undefined): Item[] {
    const items: Item[] = [];
    let next = this.attempt(item);
    while (next !== undefined) {
      items.push(next);
      next = this.attempt(() => (this.#separator() ? item() : undefined));
    }
    return items;
  }

  /** A number in digits, or as a word up to fifty-nine. */
  number(): number | undefined {
    const word = this.word();
    if (/^\d+$/.test(word)) {
      this.skip();
      return Number(word);
    }
    const ten = tens.get(word);
    if (ten === undefined) {
      const named = numbers.get(word);
      if (named !== undefined) this.skip();
      return named;
    }
    this.skip();
    const one = this.word() === "-" ? numbers.get(this.word(1)) : undefined;
    if (one !== undefined && one > 0 && one < 10) {
      this.skip(2);
      return ten + one;
    }
    return ten;
  }

  /** `1st`, `first`, `twenty-first`; -1 for `last`. */
  ordinal(): number | undefined {
    const word = this.word();
    const [isNumber, digits] = /^(\d+)[a-z]{2}$/.exec(word) ?? [];
    if (isNumber !== undefined) {
      this.skip();
      return Number(digits);
    }
    const ten = tens.get(word);
    const one = this.word(1) === "-" ? ordinals.get(this.word(2)) : undefined;
    if (ten !== undefined && one !== undefined && one > 0 && one < 10) {
      this.skip(3);
      return ten + one;
    }
    const named = ordinals.get(word);
    if (named !== undefined) this.skip();
    return named;
  }

  /** Whether a range goes on here. */
  acceptTo(): boolean {
    return this.accept("to", "through", "-");
  }

  #separator(): boolean {
    const hasComma = this.accept(",");
    return this.accept("and", "or", "&") || hasComma;
  }
}
