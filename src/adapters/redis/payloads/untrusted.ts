import { AdapterError } from "../../adapter-error.ts";
import { isWrongType } from "../connection/redis-errors.ts";

/**
 * Reading what may have been written by anybody: what is not as it should be counts as not said.
 */

/** Epoch seconds of the last moment that a `Date` can tell. */
const LAST = 8.64e12;

export type Untrusted = Readonly<Record<string, unknown>>;

/** The object that a text is the JSON of; an empty one where it is none's. */
export function objectIn(text: string): Untrusted {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return {};
  }
}

export function objectOf(value: unknown): Untrusted {
  return typeof value === "object" && value !== null ? (value as Untrusted) : {};
}

export function isText(value: unknown): value is string {
  return typeof value === "string";
}

export function textIn(value: unknown): string {
  return isText(value) ? value : "";
}

export function countIn(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}

/** Epoch seconds. */
export function timeIn(value: unknown): number | undefined {
  return typeof value === "number" && value > 0 && value <= LAST ? value : undefined;
}

/** What stands for a value of another type: others' data may have any name. */
export async function unlessOther<Value>(value: Promise<Value>, otherwise: Value): Promise<Value> {
  try {
    return await value;
  } catch (error) {
    if (error instanceof AdapterError && isWrongType(error.cause ?? error)) {
      return otherwise;
    }
    throw error;
  }
}
