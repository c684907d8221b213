import { isSameSource } from "../support/same-source.ts";

/** A model as it was registered. */
export interface Registered {
  /** A class, or a name. */
  readonly key: object | string;
  /** As it was given. */
  readonly definition: { readonly find: Function };
  /** The file that registered it. */
  readonly place: string;
}

/**
 * Whether two models are one: of the same class, or of copies of a class that two bundles of one
 * process have, as Next's instrumentation and its routes, with the same way to find records.
 * `class User extends Model {}` may be written for any table, and is taken for no copy.
 */
export function isSameModel(one: Registered, other: Registered): boolean {
  const [a, b] = [one.key, other.key];
  if (a === b || typeof a !== "function" || typeof b !== "function") return a === b;
  const saysMore = !/\{\s*\}\s*$/.test(Function.prototype.toString.call(a));
  const isElsewhere = one.place !== other.place;
  return (
    saysMore &&
    isElsewhere &&
    isSameSource(a, b) &&
    isSameSource(one.definition.find, other.definition.find)
  );
}

/** The file from which whoever calls this was called. */
export function placeOfCaller(): string {
  const [, , , caller = ""] = (new Error("called here").stack ?? "").split("\n");
  return caller.replace(/:\d+:\d+\)?$/, "").replace(/^.*?(?=\/|file:|[A-Z]:)/, "");
}
