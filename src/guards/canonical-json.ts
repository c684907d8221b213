/**
 * JSON in which the keys of objects are sorted: one text for what is the same.
 *
 * @param value What JSON can say, and nothing else.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members = Object.keys(value)
    .toSorted()
    .map((key) => {
      const inner = (value as Readonly<Record<string, unknown>>)[key];
      return `${JSON.stringify(key)}:${canonicalJson(inner)}`;
    });
  return `{${members.join(",")}}`;
}
