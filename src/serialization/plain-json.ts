import { inspect } from "node:util";
import { referred } from "../globalid/by-value.ts";
import { plainObjectsMayBeRecords } from "../globalid/model-registry.ts";
import { isPlainArray, isPlainObject } from "../support/realms.ts";
import { MAX_DEPTH, propertyStep } from "./json-path.ts";

/**
 * Whether values come back from JSON as they went in: nothing in them is to be converted, refused
 * or looked up, and no object occurs twice.
 *
 * This runs for every job, and mostly is all that runs: it allocates next to nothing.
 */
export function isPlainJson(
  values: readonly unknown[],
  seen: SeenObjects = new SeenObjects(),
): boolean {
  for (let index = 0; index < values.length; index++) {
    if (!isPlain(values[index], seen, 1)) return false;
  }
  return true;
}

/**
 * A copy of what `isPlainJson` found plain, or what was made of arguments that were not. A quarter
 * of a round trip through text.
 */
function copyOfJson(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOfJson);
  const copy: Record<string, unknown> = {};
  for (const key in value) copy[key] = copyOfJson((value as Record<string, unknown>)[key]);
  return copy;
}

/** Puts copies in the place of what `isPlainJson` found plain. */
export function copyItems(values: unknown[]): void {
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (typeof value === "object" && value !== null) values[index] = copyOfJson(value);
  }
}

/** Whether JSON leaves a number as it is. */
export function isPlainNumber(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0);
}

/**
 * The way to the first property named `__proto__`, such as `[0].user.__proto__`. JSON.parse makes
 * it a property like others, but one that pollutes whatever it is copied to.
 */
export function pathToProto(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const path = pathToProto(value[index]);
      if (path !== undefined) return `[${index}]${path}`;
    }
    return undefined;
  }
  for (const key in value) {
    if (key === "__proto__") return ".__proto__";
    const path = pathToProto((value as Record<string, unknown>)[key]);
    if (path !== undefined) return `${propertyStep(key)}${path}`;
  }
  return undefined;
}

function isPlain(value: unknown, seen: SeenObjects, depth: number): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return isPlainNumber(value);
    case "object":
      if (value === null) return true;
      if (depth > MAX_DEPTH || !seen.add(value)) return false;
      if (isPlainArray(value)) return isPlainList(value, seen, depth);
      return isPlainObject(value) && isPlainRow(value, seen, depth);
    default:
      return false;
  }
}

function isPlainList(list: readonly unknown[], seen: SeenObjects, depth: number): boolean {
  if (hasMoreThanItems(list)) return false;
  for (let index = 0; index < list.length; index++) {
    if (!isPlain(list[index], seen, depth + 1)) return false;
  }
  return true;
}

function isPlainRow(row: Record<string, unknown>, seen: SeenObjects, depth: number): boolean {
  if (plainObjectsMayBeRecords() && referred(row) !== undefined) return false;
  // An `arguments` object looks plain otherwise.
  if (Symbol.iterator in row) return false;
  for (const key in row) {
    if (key === "id" || key === "_id" || key === "uuid") seen.haveIds = true;
    if (key === "__proto__" || !isPlain(row[key], seen, depth + 1)) return false;
  }
  return true;
}

/** Whether an array may have properties beside its items, as what `RegExp.exec` returns does. */
function hasMoreThanItems(list: readonly unknown[]): boolean {
  if (list.length > MANY)
    return inspect(list, WITHOUT_ITEMS) !== `[ ... ${list.length} more items ]`;
  // With a hole in it there may be as many keys as items, but then it is not plain anyway.
  return Object.keys(list).length !== list.length;
}

/**
 * From so many items on it takes less to have an array shown without them than to list its keys.
 */
const MANY = 80;
const WITHOUT_ITEMS = { maxArrayLength: 0, depth: 0, customInspect: false, breakLength: Infinity };

/** Objects met so far. The first few are compared one by one: a Set costs more than most jobs. */
export class SeenObjects {
  /** Whether one was plain and had what may be a record's id. */
  haveIds = false;
  readonly #few: object[] = [];
  #many: Set<object> | undefined;

  /** @returns Whether the object had not been met. */
  add(object: object): boolean {
    if (this.#many !== undefined) return this.#many.size !== this.#many.add(object).size;
    if (this.#few.includes(object)) return false;
    if (this.#few.push(object) === 16) this.#many = new Set(this.#few);
    return true;
  }
}
