/**
 * As much of Ruby's Marshal format (4.8) as signed global ids need: strings in UTF-8, nil, and
 * hashes of these.
 *
 * Nothing else is read: a value of any other type ends the reading, so no object is ever made of a
 * message.
 */
export type Marshalled = string | null | { readonly [key: string]: Marshalled };

const VERSION = [4, 8];
/** A string's one instance variable says that it is UTF-8: `E` is true. */
const UTF8 = [1, ":E"] as const;

export function dump(value: Marshalled): Buffer {
  const symbols: string[] = [];
  return Buffer.concat([Buffer.from(VERSION), ...parts(value, symbols)]);
}

/** @returns `undefined` where it is nothing that `dump` could have written. */
export function load(bytes: Buffer): Marshalled | undefined {
  try {
    return new Reader(bytes).read();
  } catch {
    return undefined;
  }
}

function parts(value: Marshalled, symbols: string[]): Buffer[] {
  if (value === null) {
    return [Buffer.from("0")];
  }
  if (typeof value === "string") {
    const text = Buffer.from(value);
    const [count, name] = UTF8;
    const flags = [integer(count), symbol(name.slice(1), symbols), Buffer.from("T")];
    return [Buffer.from('I"'), integer(text.length), text, ...flags];
  }
  const members = Object.entries(value).flatMap(([key, member]) => [
    ...parts(key, symbols),
    ...parts(member, symbols),
  ]);
  return [Buffer.from("{"), integer(Object.keys(value).length), ...members];
}

/** Written out the first time, by its number after that. */
function symbol(name: string, symbols: string[]): Buffer {
  const known = symbols.indexOf(name);
  if (known >= 0) {
    return Buffer.concat([Buffer.from(";"), integer(known)]);
  }
  symbols.push(name);
  return Buffer.concat([Buffer.from(":"), integer(name.length), Buffer.from(name)]);
}

/** None is negative here. */
function integer(value: number): Buffer {
  if (value === 0) return Buffer.from([0]);
  if (value < 123) return Buffer.from([value + 5]);
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) {
    bytes.push(rest % 256);
  }
  return Buffer.from([bytes.length, ...bytes]);
}

class Reader {
  readonly #bytes: Buffer;
  readonly #symbols: string[] = [];
  /** What Ruby numbers, for values that are the same object: strings and hashes. */
  readonly #objects: Marshalled[] = [];
  #at = VERSION.length;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    if (!VERSION.every((byte, index) => bytes[index] === byte)) {
      this.#refuse();
    }
  }

  read(): Marshalled {
    switch (this.#type()) {
      case "0":
        return null;
      case "I":
        return this.#withVariables();
      case '"':
        return this.#string();
      case "{":
        return this.#hash();
      case "@":
        return this.#objects[this.#integer()] ?? this.#refuse();
      default:
        return this.#refuse();
    }
  }

  #withVariables(): Marshalled {
    const value = this.read();
    for (let left = this.#integer(); left > 0; left -= 1) {
      this.#symbol();
      this.#type();
    }
    return value;
  }

  #string(): string {
    const text = this.#slice().toString();
    this.#objects.push(text);
    return text;
  }

  #hash(): Marshalled {
    const entries: [string, Marshalled][] = [];
    const place = this.#objects.push(null) - 1;
    for (let left = this.#integer(); left > 0; left -= 1) {
      const key = this.read();
      entries.push([typeof key === "string" ? key : this.#refuse(), this.read()]);
    }
    return (this.#objects[place] = Object.fromEntries(entries));
  }

  #symbol(): string {
    const type = this.#type();
    if (type === ";") {
      return this.#symbols[this.#integer()] ?? this.#refuse();
    }
    const name = type === ":" ? this.#slice().toString() : this.#refuse();
    this.#symbols.push(name);
    return name;
  }

  #type(): string {
    return String.fromCharCode(this.#byte());
  }

  #slice(): Buffer {
    const length = this.#integer();
    const slice = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return slice.length === length ? slice : this.#refuse();
  }

  #integer(): number {
    const first = this.#bytes.readInt8(this.#at);
    this.#at += 1;
    if (first < 0 || first > 4) {
      return first > 4 ? first - 5 : this.#refuse();
    }
    let value = 0;
    for (let place = 0; place < first; place += 1) {
      value += this.#byte() * 256 ** place;
    }
    return value;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at] ?? this.#refuse();
    this.#at += 1;
    return byte;
  }

  /** Caught in `load`. */
  #refuse(): never {
    throw new SyntaxError("Cannot read this as a marshalled string or hash");
  }
}
