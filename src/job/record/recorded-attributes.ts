/**
 * Names and values in a record, in either of Sidekiq's forms: an object, or since version 8 a list
 * of pairs.
 */
export function recordedAttributes(wire: object): readonly (readonly [string, unknown])[] {
  const pairs: readonly unknown[] = Array.isArray(wire) ? wire : Object.entries(wire);
  return pairs.flatMap((pair) => {
    const [key, json] = Array.isArray(pair) ? (pair as unknown[]) : [];
    const name: unknown = (key as { value?: unknown } | null | undefined)?.value ?? key;
    return typeof name === "string" && name !== "__proto__" ? [[name, json] as const] : [];
  });
}
