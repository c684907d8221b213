import { shared } from "../support/shared-state.ts";
import { identify, type Identity } from "./model-registry.ts";

const state = shared("by-value", () => ({ values: new WeakSet<object>(), isUsed: false }));

/**
 * Says of a plain object with an id, or of what holds some, that a copy of it is to travel: as it
 * is now, whatever becomes of its record.
 *
 * Without this a worker's log says once for each class and place that a row was copied, or
 * `configure({ rows: "refuse" })` refuses it. It holds for what is inside as well, but not for the
 * rows of a model that is registered with `is`, nor for what `reference` was called for: those
 * still travel by reference. A copy (`{ ...row }`) knows nothing of this.
 *
 * @example
 * ```ts
 * import { byValue, Command } from "mandate";
 *
 * class Archive extends Command.initializeWith((order: { id: number; cents: number }) => ({ order })) {
 *   call() {}
 * }
 *
 * await Archive.defer(byValue({ id: 7, cents: 250 })); // as it was when it was archived
 * ```
 *
 * @param value The object, or an array, a Map or a Set of them.
 * @returns the value itself.
 * @throws {TypeError} if it is no object.
 */
export function byValue<Value extends object>(value: Value): Value {
  if (typeof value !== "object" || value === null) {
    throw new TypeError(
      `Cannot mark a value of type ${value === null ? "null" : typeof value} as meant by value: it is no object. ` +
        "Pass it as it is: only objects are taken for records",
    );
  }
  state.values.add(value);
  state.isUsed = true;
  return value;
}

/** Whether `byValue` was called for just this object. */
export function isByValue(value: object): boolean {
  return state.isUsed && state.values.has(value);
}

/** Takes back what `byValue` said. */
export function forgetByValue(value: object): void {
  state.values.delete(value);
}

/** The record that travels in a value's place; `undefined` where the value itself does. */
export function referred(value: object): Identity | undefined {
  return isByValue(value) ? undefined : identify(value);
}
