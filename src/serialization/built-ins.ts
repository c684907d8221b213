import { types } from "node:util";
import { isForeign } from "../support/realms.ts";

type Check = (value: object) => boolean;

/** How the instances of a class are told from what only inherits from it. */
const checks = new Map<string, Check>([
  ["Map", types.isMap],
  ["Set", types.isSet],
  ["RegExp", types.isRegExp],
  ["URL", (value) => URL.canParse(String((value as URL).href))],
  ["DOMException", (value) => typeof (value as DOMException).message === "string"],
  ["Int8Array", types.isInt8Array],
  ["Uint8Array", types.isUint8Array],
  ["Uint8ClampedArray", types.isUint8ClampedArray],
  ["Int16Array", types.isInt16Array],
  ["Uint16Array", types.isUint16Array],
  ["Int32Array", types.isInt32Array],
  ["Uint32Array", types.isUint32Array],
  ["Float32Array", types.isFloat32Array],
  ["Float64Array", types.isFloat64Array],
]);

/** Date, and what fake timers put in its place (`@sinonjs/fake-timers`, timekeeper, mockdate). */
const DATES: ReadonlySet<string | undefined> = new Set([
  "Date",
  "ClockDate",
  "FakeDate",
  "MockDate",
]);

/** Written in JavaScript, in Node as in jsdom, and in no realm by its engine. */
const SCRIPTED: ReadonlySet<string> = new Set(["URL", "DOMException"]);

for (const type of [
  Error,
  AggregateError,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
]) {
  checks.set(type.name, types.isNativeError);
}

const classes = globalThis as unknown as Readonly<
  Record<string, { readonly prototype: object } | undefined>
>;
const names = new Map([...checks.keys()].map((name) => [classes[name]?.prototype, name]));

/**
 * Which class of JavaScript's own a value is an instance of, whatever realm it comes from: a `vm`
 * context, Vitest's vmThreads, Jest.
 *
 * @returns `undefined` for an instance of a subclass, for what only inherits from one, and for
 *   those that do not travel.
 */
export function builtInName(value: object): string | undefined {
  const prototype = prototypeOf(value);
  if (prototype === null) return undefined;
  if (types.isDate(value)) return DATES.has(prototype.constructor?.name) ? "Date" : undefined;
  const name = names.get(prototype) ?? foreignName(prototype);
  return name !== undefined && checks.get(name)?.(value) === true ? name : undefined;
}

/**
 * Node puts a prototype between some of its errors and their class (Node 20, `internal/errors`).
 */
function prototypeOf(value: object): object | null {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null || !types.isNativeError(value)) return prototype;
  const parent = Object.getPrototypeOf(prototype) as object | null;
  const isBetween =
    Object.hasOwn(prototype, "constructor") && prototype.constructor === parent?.constructor;
  return isBetween ? parent : prototype;
}

function foreignName(prototype: object): string | undefined {
  const { constructor } = prototype;
  if (typeof constructor !== "function") return undefined;
  const { name } = constructor;
  if (!checks.has(name) || !isForeign(prototype, name)) return undefined;
  // An application's own `class TypeError extends Error` is another one.
  const isNative = Function.prototype.toString.call(constructor).endsWith("{ [native code] }");
  return isNative || SCRIPTED.has(name) ? name : undefined;
}
