import { Refusal } from "./refusal.ts";

/** Characters of one value, and how many values: more is nobody's typing. */
const LONGEST = 2_000;
const MOST = 1_100;

/** What was asked for, by an address or a form, each value within bounds. */
export class Parameters {
  readonly #values = new Map<string, string[]>();

  /** @throws {Refusal} if there are too many values, or one is too long. */
  constructor(pairs: Iterable<readonly [string, string]>) {
    let count = 0;
    for (const [name, value] of pairs) {
      count += 1;
      if (count > MOST || name.length > 100 || value.length > LONGEST) {
        throw new Refusal(400, "tooMuch");
      }
      this.#values.set(name, [...(this.#values.get(name) ?? []), value]);
    }
  }

  /** The value of a name; "" where there is none. @throws {Refusal} if it is there twice. */
  text(name: string): string {
    const [value = "", ...others] = this.#values.get(name) ?? [];
    if (others.length > 0) {
      throw new Refusal(400, "repeated");
    }
    return value;
  }

  /** The values of a name that may be there more than once. */
  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  names(): readonly string[] {
    return [...this.#values.keys()];
  }

  /** One of these; the first where it is none of them. */
  oneOf<const Word extends string>(name: string, words: readonly [Word, ...Word[]]): Word {
    const value = this.text(name);
    return words.find((word) => word === value) ?? words[0];
  }

  /** An integer; the nearest that there may be, and `usual` where it is no number. */
  integer(
    name: string,
    {
      least,
      most,
      usual,
    }: { readonly least: number; readonly most: number; readonly usual: number },
  ): number {
    const text = this.text(name);
    const value = /^-?\d{1,15}$/.test(text) ? Number(text) : text === "" ? usual : Number.NaN;
    return Number.isNaN(value) ? usual : Math.min(most, Math.max(least, value));
  }
}
