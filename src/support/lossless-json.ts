import { randomBytes } from "node:crypto";

/**
 * JSON whose numbers keep their text: Ruby tells `1.0` from `1` and has integers of any size, which
 * `JSON.parse` loses (Node 20 hands no source text to a reviver).
 *
 * A number that needs it is a string on its way through `JSON.parse` and `JSON.stringify`, with a
 * mark that nobody can guess.
 */
const MARK = `\u0000${randomBytes(12).toString("base64url")}:`;
const WRITTEN_MARK = new RegExp(`"\\\\u0000${MARK.slice(1)}([^"]+)"`, "g");
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const TOKEN = /["\d-]/g;
/** Not the digits that a string begins with, such as a jid. */
const LARGE_INTEGER = /(?:^|[[,:\s-])\d{16}/;

/** A number as JSON has it. */
export class NumberText extends Number {
  readonly text: string;

  /** @param text A number by JSON's grammar. */
  constructor(text: string) {
    super(text);
    this.text = text;
  }

  toJSON(): string {
    return MARK + this.text;
  }
}

/** `JSON.stringify`, with each `NumberText` as the number that it is. */
export function stringifyNumbers(value: unknown): string {
  return JSON.stringify(value).replace(WRITTEN_MARK, "$1");
}

/**
 * Whether JSON may have integers in it that a JavaScript number cannot hold: quick, and too
 * careful.
 */
export function mayHaveLargeIntegers(text: string): boolean {
  return LARGE_INTEGER.test(text);
}

/**
 * `JSON.parse`, for text that it is known to take, with those numbers replaced that JavaScript
 * would print in another way.
 */
export function parseNumbers(text: string, replace: (number: string) => unknown): unknown {
  return JSON.parse(marked(text), (_key, value: unknown) =>
    typeof value === "string" && value.startsWith(MARK) ? replace(value.slice(MARK.length)) : value,
  );
}

/**
 * An integer as a number, or as a bigint where that would not be exact; anything else as a number.
 */
export function plainNumber(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) || !/^-?\d+$/.test(text) ? number : BigInt(text);
}

function marked(text: string): string {
  let result = "";
  let copied = 0;
  TOKEN.lastIndex = 0;
  for (let token = TOKEN.exec(text); token !== null; token = TOKEN.exec(text)) {
    const { index } = token;
    if (token[0] === '"') {
      TOKEN.lastIndex = stringEnd(text, index);
      continue;
    }
    NUMBER.lastIndex = index;
    const number = NUMBER.exec(text)?.[0] ?? token[0];
    TOKEN.lastIndex = index + number.length;
    if (String(Number(number)) !== number) {
      result += text.slice(copied, index) + JSON.stringify(MARK + number);
      copied = index + number.length;
    }
  }
  return result + text.slice(copied);
}

function stringEnd(text: string, start: number): number {
  let at = text.indexOf('"', start + 1);
  while (isEscaped(text, at)) {
    at = text.indexOf('"', at + 1);
  }
  return at + 1;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === "\\") {
    backslashes += 1;
  }
  return backslashes % 2 === 1;
}
