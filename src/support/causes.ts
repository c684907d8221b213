import { thrownCause, thrownErrors } from "./thrown.ts";

/**
 * Of an error's causes, those that are looked at: a getter may make a new one each time it is
 * asked.
 */
const MOST_CAUSES = 100;

/** How the causes of an error are looked through. */
interface Looking<Found> {
  /** What is found in one error, of itself. */
  readonly at: (error: unknown) => Found | undefined;
  /**
   * What an `AggregateError` comes to, by what was found in each of its errors.
   *
   * @default the first that was found
   */
  readonly among?: (found: readonly (Found | undefined)[]) => Found | undefined;
}

/**
 * Looks at what was thrown, else at the errors of an `AggregateError`, else at what caused it; and
 * there likewise.
 */
export function lookAlong<Found>(
  thrown: unknown,
  { at, among = first }: Looking<Found>,
): Found | undefined {
  const seen = new Map<unknown, Found | undefined>();
  const look = (error: unknown): Found | undefined => {
    if (error == null || seen.has(error) || seen.size >= MOST_CAUSES) {
      return seen.get(error);
    }
    // Before anything is found, since it may be its own cause.
    seen.set(error, undefined);
    const found = at(error) ?? within(thrownErrors(error)) ?? look(thrownCause(error));
    seen.set(error, found);
    return found;
  };
  const within = (errors: readonly unknown[]): Found | undefined =>
    errors.length === 0 ? undefined : among(errors.map(look));
  return look(thrown);
}

function first<Found>(found: readonly (Found | undefined)[]): Found | undefined {
  return found.find((each) => each !== undefined);
}
