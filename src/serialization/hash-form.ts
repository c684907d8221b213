import { shared } from "../support/shared-state.ts";

/** How Ruby has a hash whose keys TypeScript has as plain strings. */
export type HashKeys = "symbols" | "strings" | "indifferent" | "keywords";

/** What was noted of a plain object that came from Ruby, or is to go there. */
export interface HashForm {
  readonly keys: HashKeys;
  /** Which keys were not symbols, of a hash that has both; a new key is a symbol where all were. */
  readonly strings: ReadonlySet<string>;
}

const forms = shared("ruby-hash-forms", () => new WeakMap<object, HashForm>());

/**
 * Notes how Ruby has a hash. It holds for that very object: a copy of it is written as any other.
 */
export function noteHashForm<Row extends object>(row: Row, form: HashForm): Row {
  forms.set(row, form);
  return row;
}

export function hashFormOf(row: object): HashForm | undefined {
  return forms.get(row);
}

/** The names that go into the marker of a hash: those of its keys that are symbols. */
export function symbolsOf(keys: readonly string[], { keys: kind, strings }: HashForm): string[] {
  if (kind === "strings") {
    return [];
  }
  return strings.size === 0 ? [...keys] : keys.filter((key) => !strings.has(key));
}
