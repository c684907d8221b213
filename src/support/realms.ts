import { types } from "node:util";

/*
 * What a value is, in whichever realm it was made. A `vm` context, Jest and Vitest's vmThreads have
 * each their own Object, Array and Date, so that `instanceof` and prototypes tell of this one's
 * only.
 */

/** An object without a class, of another realm (a `vm` context) too. */
export function isPlainObject(value: object): value is Record<string, unknown> {
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === Object.prototype || prototype === null || isForeign(prototype, "Object");
}

/** An array that is no subclass's. */
export function isPlainArray(value: object): value is unknown[] {
  if (!Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === Array.prototype || (prototype !== null && isForeign(prototype, "Array"));
}

/** Not what `new Date("nonsense")` makes. */
export function isValidDate(value: unknown): value is Date {
  return types.isDate(value) && !Number.isNaN(value.getTime());
}

/** Whether it can be awaited for something: a promise, or what is like one. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as { then?: unknown }).then === "function"
  );
}

/** Whether it is the prototype of a class of that name, of another realm. */
export function isForeign(prototype: object, name: string): boolean {
  const { constructor } = prototype;
  if (typeof constructor !== "function" || constructor.name !== name) return false;
  // A class that someone called Object, or Array, would inherit from this realm's.
  return constructor.prototype === prototype && !(prototype instanceof Object);
}
