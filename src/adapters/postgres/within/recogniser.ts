import type { Shape } from "../../../support/shape.ts";
import type { NotOpen } from "../../../support/transactions.ts";

/** A value of a statement: what every library sends alike. */
export type Value = string | number | boolean | null;

/** One row of an answer. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * Sends one statement in an application's transaction, with its values for `$1`, `$2`, …, and
 * resolves to its rows.
 *
 * A statement that all libraries answer alike is a SELECT of texts and int4s, whose columns have
 * names of one lower-case word, and has no quoted `$` or `?`.
 */
export type TransactionQuery = (text: string, values: readonly Value[]) => Promise<readonly Row[]>;

/** A transaction of one library. */
export interface Recogniser {
  /** The library's name, for messages. */
  readonly library: string;
  /**
   * Finds out by its shape whether something is a transaction of the library.
   *
   * @returns `undefined` where it is not the library's; what is wrong with it where it is the
   *   library's but no transaction that is open.
   */
  readonly recognise: (given: Shape) => TransactionQuery | NotOpen | undefined;
}

/** An answer as pg gives it, or as an array. */
export function rowsOf(answer: unknown): readonly Row[] {
  if (Array.isArray(answer)) return [...(answer as Row[])];
  return (answer as { readonly rows?: readonly Row[] } | undefined)?.rows ?? [];
}

/**
 * A statement in the parts between its values, and these in the order in which they stand there.
 */
export function inParts(
  text: string,
  values: readonly Value[],
): { readonly parts: readonly string[]; readonly inOrder: readonly Value[] } {
  const parts: string[] = [];
  const inOrder: Value[] = [];
  let from = 0;
  for (const found of text.matchAll(/\$(\d+)/g)) {
    parts.push(text.slice(from, found.index));
    inOrder.push(values[Number(found[1]) - 1] ?? null);
    from = found.index + found[0].length;
  }
  return { parts: [...parts, text.slice(from)], inOrder };
}
