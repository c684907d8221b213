/**
 * What stands for values of some kind, such as vitest's `expect.anything()` and `within(…).of(…)`.
 */
export interface AsymmetricMatcher {
  /** Whether it stands for that value. */
  asymmetricMatch(value: unknown): boolean;
}

/** Reads no property: a reference that stands in for a record would throw. */
export function isAsymmetricMatcher(value: unknown): value is AsymmetricMatcher {
  return (
    typeof value === "object" &&
    value !== null &&
    "asymmetricMatch" in value &&
    typeof value.asymmetricMatch === "function"
  );
}
