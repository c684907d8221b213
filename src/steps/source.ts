import { describeType } from "../job/checks/checks.ts";

/** What an iteration goes through. */
export type Source<Item, Cursor> =
  | readonly Item[]
  | ((cursor: Cursor | undefined) => Positioned<Item, Cursor> | Promise<Positioned<Item, Cursor>>);

/** Items, each with its cursor. */
type Positioned<Item, Cursor> =
  AsyncIterable<readonly [Item, Cursor]> | Iterable<readonly [Item, Cursor]>;

/** One item, or a page of them, and from where to go on once it is done. */
export interface Part {
  readonly items: readonly unknown[];
  /** Of the first item. */
  readonly begin: unknown;
  /** Of the last one. */
  readonly end: unknown;
}

/**
 * The parts of a source from a cursor on.
 *
 * @param size How many items make a part.
 * @throws {TypeError} if the source is none.
 */
export async function* partsOf(
  source: unknown,
  {
    cursor,
    size,
    where,
  }: { readonly cursor: unknown; readonly size: number; readonly where: string },
): AsyncGenerator<Part> {
  if (Array.isArray(source)) {
    yield* partsOfArray(source, typeof cursor === "number" ? cursor : 0, size);
    return;
  }
  if (typeof source !== "function") {
    throw new TypeError(
      `Cannot go through ${where}: its source is ${describeType(source)}. ` +
        "Give an array, or a function that gets a cursor and returns an iterable of [item, cursor]",
    );
  }
  const iterable: unknown = await (source as (cursor: unknown) => unknown)(cursor);
  if (!isIterable(iterable)) {
    throw new TypeError(
      `Cannot go through ${where}: its source returned ${describeType(iterable)}. ` +
        "Return an iterable of [item, cursor], such as what a generator function returns",
    );
  }
  let page: (readonly [unknown, unknown])[] = [];
  for await (const positioned of iterable) {
    assertPositioned(positioned, where);
    page.push(positioned);
    if (page.length === size) {
      yield partOf(page);
      page = [];
    }
  }
  if (page.length > 0) {
    yield partOf(page);
  }
}

/** Its cursor is the index of the first item that is not done, whatever the size of parts is. */
function* partsOfArray(items: readonly unknown[], from: number, size: number): Generator<Part> {
  for (let begin = from; begin < items.length; begin += size) {
    const part = items.slice(begin, begin + size);
    yield { items: part, begin, end: begin + part.length };
  }
}

function partOf(page: readonly (readonly [unknown, unknown])[]): Part {
  return {
    items: page.map(([item]) => item),
    begin: page[0]?.[1],
    end: page.at(-1)?.[1],
  };
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    (Symbol.asyncIterator in value || Symbol.iterator in value)
  );
}

function assertPositioned(
  found: unknown,
  where: string,
): asserts found is readonly [unknown, unknown] {
  if (!Array.isArray(found) || found.length !== 2) {
    const what = Array.isArray(found) ? `an array of ${found.length}` : describeType(found);
    throw new TypeError(
      `Cannot go through ${where}: its source yielded ${what}. Yield [item, cursor]`,
    );
  }
}
