import type { KeyTexts } from "./keyed-model.ts";

/** What a part of a key is in the program. */
export type KeyKind = "string" | "number" | "bigint" | "date";

const read: Readonly<Record<KeyKind, (text: string) => unknown>> = {
  string: (text) => text,
  number: (text) => (Number.isFinite(Number(text)) ? Number(text) : undefined),
  bigint: (text) => (/^-?\d+$/.test(text) ? BigInt(text) : undefined),
  date: (text) => (Number.isNaN(Date.parse(text)) ? undefined : new Date(text)),
};

/**
 * Reads keys as an ORM wants them that takes no text for a number. A key that cannot be read has no
 * row: it is left out.
 */
export function keyValues(keys: readonly KeyTexts[], kinds: readonly KeyKind[]): unknown[][] {
  return keys
    .filter((key) => key.length === kinds.length)
    .map((key) => kinds.map((kind, index) => read[kind](key[index] ?? "")))
    .filter((values) => !values.includes(undefined));
}
