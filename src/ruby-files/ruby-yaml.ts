import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  Scalar,
  type Document,
} from "yaml";
import { RubySymbol, rubyScalar } from "./ruby-scalar.ts";

/**
 * Reads YAML as Ruby does: the first document.
 *
 * Symbols become texts, and a key that is there as a symbol and as a text has the text's value, as
 * Sidekiq has it.
 *
 * @throws {SyntaxError} if it is none.
 * @see Psych 4.0 `to_ruby.rb`; Sidekiq 6.4 cli.rb `symbolize_keys_deep!`
 */
export function readRubyYaml(text: string): unknown {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter,
    version: "1.1",
    schema: "failsafe",
    merge: false,
    uniqueKeys: false,
    logLevel: "silent",
  });
  const [first] = documents as readonly Document[];
  const [error] = first?.errors ?? [];
  if (error !== undefined) {
    throw new SyntaxError(error.message);
  }
  return first === undefined ? null : new Reader(first, lineCounter).read();
}

/** Lists and maps that were read, with the lines of their entries. */
const lines = new WeakMap<object, ReadonlyMap<string, number>>();

/**
 * On which line an entry of a list or map stands that `readRubyYaml` gave: one that was merged
 * where it was written.
 */
export function lineOf(container: object, key: string | number): number {
  return lines.get(container)?.get(String(key)) ?? 1;
}

type Hash = Map<unknown, unknown>;

/** Each node is read once, however many aliases lead to it. */
class Reader {
  readonly #document: Document;
  readonly #values = new Map<unknown, unknown>();
  readonly #plain = new Map<unknown, unknown>();
  readonly #lineCounter: LineCounter;
  readonly #lines = new Map<unknown, Map<unknown, number>>();

  constructor(document: Document, lineCounter: LineCounter) {
    this.#document = document;
    this.#lineCounter = lineCounter;
  }

  read(): unknown {
    return this.#plainOf(this.#valueOf(this.#document.contents));
  }

  #valueOf(given: unknown): unknown {
    const node = isAlias(given) ? given.resolve(this.#document) : given;
    if (isAlias(given) && node === undefined) {
      throw new SyntaxError(`there is no anchor of alias ${given.source}`);
    }
    if (isScalar(node)) {
      return scalarOf(node);
    }
    const known = this.#values.get(node);
    if (known !== undefined) {
      return known;
    }
    if (isSeq(node)) {
      const list: unknown[] = [];
      this.#values.set(node, list);
      for (const item of node.items) {
        this.#place(list, list.length, item);
        list.push(this.#valueOf(item));
      }
      return list;
    }
    if (!isMap(node)) {
      return null;
    }
    const hash: Hash = new Map();
    this.#values.set(node, hash);
    for (const { key, value } of node.items) this.#put(hash, key, value);
    return hash;
  }

  /** What is merged counts more than what stands above it, and less than what stands below. */
  #put(hash: Hash, keyNode: unknown, valueNode: unknown): void {
    const [key, value] = [this.#valueOf(keyNode), this.#valueOf(valueNode)];
    const isList = isSeq(valueNode) && Array.isArray(value);
    const merged = isList ? value.toReversed() : [value];
    if (key === "<<" && !isText(keyNode) && merged.every((each) => each instanceof Map)) {
      for (const each of merged as Hash[]) {
        for (const [name, entry] of each) hash.set(name, entry);
        for (const [name, line] of this.#lines.get(each) ?? []) this.#linesOf(hash).set(name, line);
      }
    } else {
      hash.set(keyOf(key), value);
      this.#place(hash, keyOf(key), keyNode);
    }
  }

  #place(container: object, key: unknown, node: unknown): void {
    const [at = 0] = (isNode(node) ? node.range : undefined) ?? [];
    this.#linesOf(container).set(key, this.#lineCounter.linePos(at).line);
  }

  #linesOf(container: object): Map<unknown, number> {
    const known = this.#lines.get(container) ?? new Map<unknown, number>();
    this.#lines.set(container, known);
    return known;
  }

  /** Objects and texts. What contains itself ends there. */
  #plainOf(value: unknown): unknown {
    if (value instanceof RubySymbol) {
      return value.name;
    }
    if (!Array.isArray(value) && !(value instanceof Map)) {
      return value;
    }
    if (this.#plain.has(value)) {
      return this.#plain.get(value);
    }
    this.#plain.set(value, null);
    const plain = Array.isArray(value)
      ? value.map((each) => this.#plainOf(each))
      : this.#objectOf(value as Hash);
    this.#plain.set(value, plain);
    const placed = [...(this.#lines.get(value) ?? [])];
    lines.set(plain, new Map(placed.map(([key, line]) => [nameOf(key), line])));
    return plain;
  }

  #objectOf(hash: Hash): object {
    const entries = [...hash].map(([key, value]) => [key, this.#plainOf(value)] as const);
    const symbols = entries.filter(([key]) => typeof key === "symbol");
    const others = entries.filter(([key]) => typeof key !== "symbol");
    return Object.fromEntries([...symbols, ...others].map(([key, value]) => [nameOf(key), value]));
  }
}

function nameOf(key: unknown): string {
  return typeof key === "symbol" ? (key.description ?? "") : String(key);
}

/** Equal symbols are one key, as in Ruby. */
function keyOf(value: unknown): unknown {
  return value instanceof RubySymbol ? Symbol.for(value.name) : value;
}

function scalarOf(node: Scalar): unknown {
  const text = typeof node.value === "string" ? node.value : "";
  if (node.tag !== undefined && /^!ruby\/sym(?:bol)?/.test(node.tag)) {
    return new RubySymbol(text);
  }
  return node.type !== Scalar.PLAIN || isText(node) ? text : rubyScalar(text);
}

function isText(node: unknown): boolean {
  const tag = isScalar(node) ? node.tag : undefined;
  return tag === "tag:yaml.org,2002:str" || tag === "!str";
}
