import { types } from "node:util";
import { builtInName } from "./built-ins.ts";

export type Properties = Readonly<Record<string, unknown>>;

/** Own properties that JavaScript itself gives to errors, and which are not enumerable then. */
const USUAL = ["name", "message", "cause", "errors", "stack"];

const makers = new Map<string, (content: Properties) => Error>([
  ["AggregateError", () => new AggregateError([])],
  ["DOMException", ({ name, message }) => new DOMException(String(message), String(name))],
  ...[Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map(
    (type) => [type.name, () => new type()] as const,
  ),
]);

/**
 * Whether it is an error, of a subclass and of another realm too; not what only inherits from one.
 */
export function isError(value: object): value is Error {
  return types.isNativeError(value) || builtInName(value) === "DOMException";
}

/**
 * Which properties of an error travel. Where it was made, its `stack`, does so only if it is
 * enumerable.
 */
export function errorKeys(error: Error, more: readonly string[] = []): string[] {
  const own = ["name", "cause", "errors"].filter((key) => Object.hasOwn(error, key));
  const added = more.filter((key) => key in error);
  return [...new Set(["message", ...own, ...Object.keys(error), ...added])];
}

export function picked(value: object, keys: readonly string[]): Properties {
  return Object.fromEntries(keys.map((key) => [key, (value as Properties)[key]]));
}

/**
 * What a reader has to know of an error beside what travels of it.
 *
 * @returns `undefined` where its name says it all.
 */
export function errorNote(error: Error, className: string): string[] | undefined {
  const enumerable = USUAL.filter((key) => Object.prototype.propertyIsEnumerable.call(error, key));
  const { name } = error;
  return enumerable.length === 0 && className === (makers.has(name) ? name : "Error")
    ? undefined
    : [className, ...enumerable];
}

/**
 * An error of the class that is noted, else of the one of its name: Error where that is none of
 * JavaScript's own.
 */
export function newError(content: Properties, note: readonly string[] | undefined): Error {
  const make = makers.get(note?.[0] ?? String(content["name"]));
  return make === undefined ? new Error() : make(content);
}

/** Gives an error what it had, each property enumerable or not as it was. */
export function fillError(
  error: Error,
  content: Properties,
  note: readonly string[] | undefined,
): void {
  for (const [key, value] of Object.entries(content)) {
    const enumerable = note?.includes(key, 1) === true || !USUAL.includes(key);
    if (key === "name" && !enumerable && error.name === value) continue;
    if (key === "message" && error instanceof DOMException) continue;
    Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
  }
  // Where it was made did not travel.
  if (!Object.hasOwn(content, "stack")) error.stack = String(error);
}
