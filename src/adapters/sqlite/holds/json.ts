/** JSON that knows infinite numbers, as limits and times may be. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (each === Infinity ? "∞" : each));
}

/** What {@link toJson} wrote. */
export function fromJson(text: string): unknown {
  return JSON.parse(text, (_, each: unknown) => (each === "∞" ? Infinity : each));
}
