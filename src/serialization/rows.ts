import { types } from "node:util";
import { isByValue } from "../globalid/by-value.ts";
import { identify } from "../globalid/model-registry.ts";
import { isPlainArray, isPlainObject } from "../support/realms.ts";
import { propertyStep } from "./json-path.ts";

/** Where among the arguments a row stands. */
export interface RowPlace {
  /** Which argument it is in, counted from 0. */
  readonly argumentIndex: number;
  /** The way to it within the argument, as a `SerializationError` has it. */
  readonly path: string;
  /** Whether it says when its record was made, or changed. */
  readonly isDated: boolean;
}

const ID_NAMES = ["id", "_id", "uuid"];
/**
 * What a reference made by hand consists of: `{ type: "User", id: 1 }`, `{ id: 1, tenantId: 2 }`.
 */
const REFERS = /^(?:id|_id|uuid|type|kind|model|class|__typename)$|(?:_id|Id|ID|_uuid|Uuid)$/;
const DATED = /^(?:created|inserted|updated|modified|deleted)_?(?:at|on|date)$/i;

/**
 * Finds plain objects that look like a record's row and travel by value, though nobody said so.
 *
 * A row has an id (`id`, `_id` or `uuid`: a text, a number or a bigint) and at least one property
 * that is no id and no type. What is inside of one is not looked at, nor what `byValue` was called
 * for, nor what no plain object, array, Map or Set leads to.
 */
export function findRows(
  args: readonly unknown[],
  onRow: ((place: RowPlace) => void) | undefined,
): void {
  if (onRow === undefined) return;
  const finder = new RowFinder(onRow);
  args.forEach((value, index) => finder.look(value, index));
}

class RowFinder {
  readonly #onRow: (place: RowPlace) => void;
  readonly #steps: string[] = [];
  readonly #seen = new Set<object>();
  #index = 0;

  constructor(onRow: (place: RowPlace) => void) {
    this.#onRow = onRow;
  }

  look(value: unknown, index: number): void {
    this.#index = index;
    this.#value(value);
  }

  #value(value: unknown): void {
    if (typeof value !== "object" || value === null || this.#seen.has(value)) return;
    if (isByValue(value)) return;
    this.#seen.add(value);
    if (isPlainArray(value)) {
      value.forEach((item, index) => this.#at(`[${index}]`, item));
    } else if (types.isMap(value)) {
      this.#entries([...value]);
    } else if (types.isSet(value)) {
      [...value].forEach((item, index) => this.#at(`{${index}}`, item));
    } else if (isPlainObject(value) && identify(value) === undefined) {
      this.#object(value);
    }
  }

  #object(object: Readonly<Record<string, unknown>>): void {
    const names = Object.keys(object);
    if (isRow(object, names)) {
      this.#onRow({
        argumentIndex: this.#index,
        path: this.#steps.join(""),
        isDated: names.some((name) => DATED.test(name)),
      });
    } else {
      names.forEach((name) => this.#at(propertyStep(name), object[name]));
    }
  }

  #entries(entries: readonly (readonly [unknown, unknown])[]): void {
    entries.forEach(([key, value], index) => {
      this.#at(`{key ${index}}`, key);
      this.#at(`{value ${index}}`, value);
    });
  }

  #at(step: string, value: unknown): void {
    this.#steps.push(step);
    this.#value(value);
    this.#steps.pop();
  }
}

function isRow(object: Readonly<Record<string, unknown>>, names: readonly string[]): boolean {
  return (
    ID_NAMES.some((name) => Object.hasOwn(object, name) && isId(object[name])) &&
    names.some((name) => !REFERS.test(name))
  );
}

function isId(value: unknown): boolean {
  return (
    (typeof value === "string" && value !== "") ||
    typeof value === "number" ||
    typeof value === "bigint"
  );
}
