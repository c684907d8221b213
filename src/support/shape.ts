/** An object, or a function, of which nobody knows anything yet. */
export type Shape = Readonly<Record<PropertyKey, unknown>>;

export function isShape(value: unknown): value is Shape {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** Whether it has these methods. */
export function hasMethods(given: Shape, ...names: readonly string[]): boolean {
  return names.every((name) => typeof given[name] === "function");
}
