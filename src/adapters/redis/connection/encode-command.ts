/**
 * A command as Redis reads it: an array of bulk strings.
 *
 * @see https://redis.io/docs/latest/develop/reference/protocol-spec/
 */
export function encodeCommand(words: readonly (string | number)[]): string {
  return `*${words.length}\r\n${encodeWords(words)}`;
}

/** What many commands begin with, encoded once. */
export class CommandHead {
  readonly #length: number;
  readonly #encoded: string;

  constructor(words: readonly (string | number)[]) {
    this.#length = words.length;
    this.#encoded = encodeWords(words);
  }

  /** The command that goes on with these. */
  with(words: readonly (string | number)[]): string {
    return `*${this.#length + words.length}\r\n${this.#encoded}${encodeWords(words)}`;
  }
}

function encodeWords(words: readonly (string | number)[]): string {
  let encoded = "";
  for (const word of words) {
    const text = typeof word === "string" ? word : String(word);
    encoded += `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
  }
  return encoded;
}
