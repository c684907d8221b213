/** Letters that may be missing, added, changed or swapped with the next. */
const MOST_ERRORS = 2;

/**
 * The name that was most likely meant by one that is misspelt, or written in another case;
 * `undefined` where none is near.
 */
export function nearest(written: string, names: readonly string[]): string | undefined {
  const given = folded(written);
  const rated = names
    .map((name) => ({ name, errors: errorsBetween(given, folded(name)) }))
    .filter(({ name, errors }) => errors <= MOST_ERRORS && errors < Math.min(name.length, 4))
    .toSorted((one, other) => one.errors - other.errors);
  return rated[0]?.name;
}

/** ` Did you mean "mailers"?`, to go on a sentence with; nothing where no name is near. */
export function didYouMean(written: unknown, names: readonly string[]): string {
  const meant = typeof written === "string" ? nearest(written, names) : undefined;
  return meant === undefined ? "" : ` Did you mean "${meant}"?`;
}

/** A name without what tells `wait_until`, `wait-until` and `waitUntil` apart. */
export function folded(name: string): string {
  return name.replaceAll(/[\s_-]/g, "").toLowerCase();
}

/**
 * Damerau's distance, where no part is changed twice ("optimal string alignment"). Too long a name
 * is not looked at.
 */
function errorsBetween(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > MOST_ERRORS) {
    return Infinity;
  }
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      next[column] = Math.min(
        (last[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
        isSwapped ? (before[column - 2] ?? 0) + 1 : Infinity,
      );
    }
    [before, last] = [last, next];
  }
  return last[other.length] ?? 0;
}
