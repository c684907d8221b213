import { isAscii } from "node:buffer";

/** What Redis answers. Texts are UTF-8; a script's `false`, and what is not there, is `null`. */
export type Reply = string | number | null | readonly Reply[];

/**
 * Redis refused a command, or failed at it. Its message begins with a word in capitals, such as
 * `NOSCRIPT`.
 */
export class ReplyError extends Error {
  override readonly name = "ReplyError";
}

/** An array of which some elements are still to come. */
interface OpenArray {
  readonly elements: Reply[];
  readonly length: number;
}

const PLUS = 0x2b;
const MINUS = 0x2d;
const COLON = 0x3a;
const DOLLAR = 0x24;
const ASTERISK = 0x2a;
const ZERO = 0x30;

/**
 * Reads answers over RESP2 from the pieces in which they come, wherever they are cut.
 *
 * A piece that is all ASCII, as nearly all are, becomes text at once, of which the answers are
 * parts: nothing is copied for each.
 *
 * @see https://redis.io/docs/latest/develop/reference/protocol-spec/
 */
export class ReplyReader {
  readonly #onReply: (reply: Reply | ReplyError) => void;
  /** What was not a whole element: at most one bulk string. */
  #pieces: Buffer[] = [];
  #size = 0;
  /** So many bytes are needed to go on. */
  #needed = 0;
  #bytes: Buffer = Buffer.alloc(0);
  /** The same, a character for each byte. */
  #text = "";
  #isAscii = true;
  #at = 0;
  readonly #open: OpenArray[] = [];

  /** @param onReply Called with each answer, in order. */
  constructor(onReply: (reply: Reply | ReplyError) => void) {
    this.#onReply = onReply;
  }

  /** @throws {SyntaxError} if it is no RESP2. */
  read(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#size += piece.length;
    if (this.#size < this.#needed) {
      return;
    }
    const bytes = this.#pieces.length === 1 ? piece : Buffer.concat(this.#pieces, this.#size);
    this.#bytes = bytes;
    this.#text = bytes.toString("latin1");
    this.#isAscii = isAscii(bytes);
    this.#at = 0;
    this.#needed = 0;
    while (this.#at < bytes.length && this.#readElement()) {
      // One after the other.
    }
    this.#size = bytes.length - this.#at;
    this.#pieces = this.#size === 0 ? [] : [bytes.subarray(this.#at)];
  }

  /** @returns whether a whole element was there. */
  #readElement(): boolean {
    const text = this.#text;
    const end = text.indexOf("\r\n", this.#at + 1);
    if (end < 0) {
      return false;
    }
    const first = this.#at + 1;
    const kind = text.charCodeAt(this.#at);
    if (kind === DOLLAR) {
      return this.#readBulk(this.#integer(first, end), end + 2);
    }
    this.#at = end + 2;
    if (kind === COLON) {
      this.#add(this.#integer(first, end));
    } else if (kind === ASTERISK) {
      this.#begin(this.#integer(first, end));
    } else if (kind === PLUS) {
      this.#add(this.#slice(first, end));
    } else if (kind === MINUS) {
      this.#add(new ReplyError(this.#slice(first, end)));
    } else {
      throw new SyntaxError(
        `Cannot read Redis's answer: it begins with ${JSON.stringify(text.slice(first - 1, end).slice(0, 20))}`,
      );
    }
    return true;
  }

  #readBulk(length: number, start: number): boolean {
    if (length < 0) {
      this.#at = start;
      this.#add(null);
      return true;
    }
    const end = start + length;
    if (end + 2 > this.#text.length) {
      this.#needed = end + 2 - this.#at;
      return false;
    }
    this.#at = end + 2;
    this.#add(this.#slice(start, end));
    return true;
  }

  #begin(length: number): void {
    if (length > 0) {
      this.#open.push({ elements: [], length });
    } else {
      this.#add(length < 0 ? null : []);
    }
  }

  /** To the array that it is in, and that one to its own if it was the last. */
  #add(value: Reply | ReplyError): void {
    let whole = value;
    for (let array = this.#open.at(-1); array !== undefined; array = this.#open.at(-1)) {
      array.elements.push(whole as Reply);
      if (array.elements.length < array.length) {
        return;
      }
      this.#open.pop();
      whole = array.elements;
    }
    this.#onReply(whole);
  }

  #slice(start: number, end: number): string {
    return this.#isAscii ? this.#text.slice(start, end) : this.#bytes.toString("utf8", start, end);
  }

  #integer(start: number, end: number): number {
    const text = this.#text;
    const isNegative = text.charCodeAt(start) === MINUS;
    let value = 0;
    for (let at = isNegative ? start + 1 : start; at < end; at += 1) {
      value = value * 10 + (text.charCodeAt(at) - ZERO);
    }
    return isNegative ? -value : value;
  }
}
