import { types } from "node:util";
import { isThenable } from "../support/realms.ts";
import { isGlobalID } from "../globalid/global-id.ts";
import { isError } from "./errors.ts";
import { MAX_DEPTH, propertyStep } from "./json-path.ts";
import type { Annotation } from "./superjson-values.ts";

/**
 * Why a value cannot be deferred, and what to do: the second half of a SerializationError's
 * message.
 */
export function refusal(value: unknown): string {
  const { what, instead } = describe(value);
  return `${what} cannot be deferred. ${instead}`;
}

/** The same of one that the native format may well take, and Active Job has no serializer for. */
export function refusalForRuby(value: unknown): string {
  if (typeof value === "symbol") {
    return "a symbol cannot be deferred to Ruby. Pass ruby.symbol(name)";
  }
  const known = typeof value === "object" && value !== null ? builtIn(value) : describe(value);
  if (known !== undefined) {
    return `${known.what} cannot be deferred to Ruby. ${known.instead}`;
  }
  const name = typeName(value as object);
  return (
    `an instance of ${name ?? "an unnamed class"} cannot be deferred to Ruby. Pass its data as a plain object, ` +
    `register its class with globalId.register where it is a record, or defer it in the native format`
  );
}

export const REFUSED_PROTO =
  "a property named __proto__ cannot be deferred. Rename it, or remove it from the object";

export const REFUSED_HOLE =
  "a hole in an array cannot be deferred. Put undefined or null in its place";
export const REFUSED_HOLE_FOR_RUBY: string = forRuby(REFUSED_HOLE);

/** What of a built-in object would be lost, if anything, and which step leads to it. */
export function lossIn(
  value: object,
  name: string,
): { readonly reason: string; readonly step: string } | undefined {
  if (types.isDate(value) && Number.isNaN(value.getTime())) {
    return { reason: refusal(value), step: "" };
  }
  if (types.isRegExp(value) && value.lastIndex !== 0) {
    return { reason: REFUSED_LAST_INDEX, step: ".lastIndex" };
  }
  const isList = Array.isArray(value) || ArrayBuffer.isView(value);
  // Items come first.
  const beside = Object.keys(value)[isList ? (value as Uint8Array).length : 0];
  return beside === undefined
    ? undefined
    : { reason: refusedBeside(name), step: propertyStep(beside) };
}

/** The same of an array or a Date that is to go to Ruby. */
export function lossForRuby(value: object, name: string): ReturnType<typeof lossIn> {
  const loss = lossIn(value, name);
  return loss && { ...loss, reason: forRuby(loss.reason) };
}

function forRuby(reason: string): string {
  return reason.replace("cannot be deferred.", "cannot be deferred to Ruby.");
}

const REFUSED_LAST_INDEX =
  "a RegExp that goes on where its last search ended cannot be deferred. Set its lastIndex to 0, or pass new RegExp(regExp)";

function refusedBeside(name: string): string {
  const [what, alone] =
    name === "Array"
      ? ["an array, beside its items,", "[...array]"]
      : [withArticle(name), "a copy of it"];
  return `a property of ${what} cannot be deferred. Pass ${alone}, and the property on its own`;
}

/** Why an instance of a class that `superjson.registerClass` knows would not come back, if so. */
export function lostInClass(value: object): string | undefined {
  const isMoreThanProperties =
    Array.isArray(value) ||
    ArrayBuffer.isView(value) ||
    types.isAnyArrayBuffer(value) ||
    types.isBoxedPrimitive(value) ||
    [types.isDate, types.isMap, types.isSet, types.isRegExp, types.isPromise].some((is) =>
      is(value),
    );
  return isMoreThanProperties
    ? `an instance of ${typeName(value) ?? "an unnamed class"}, which is more than its properties, cannot be deferred as ` +
        "superjson.registerClass has it. Use superjson.registerCustom"
    : undefined;
}

export const REFUSED_DEPTH: string = `what is nested deeper than ${MAX_DEPTH} levels cannot be deferred. Pass it in a flatter shape`;

export const REFUSED_CYCLE: string =
  "a reference back to a value with a superjson transformer, from within it, cannot be deferred. " +
  "Have the transformer leave it out";

export function refusedTransformer(annotation: Annotation | undefined): string {
  if (annotation === undefined) {
    return "a value whose superjson transformer throws cannot be deferred. See the cause of this error";
  }
  return (
    `what the superjson transformer "${annotation[1]}" returns cannot be deferred. ` +
    `Have it return a plain object, an array, or a string, a finite number, a boolean or null`
  );
}

export function refusedWithoutId(model: string): string {
  return (
    `a record of ${model} that has no id cannot be deferred. Save it first; ` +
    `or register the model with an "idOf" that gives a string, a number, a bigint, or an array of them`
  );
}

interface Description {
  /** With its article. */
  readonly what: string;
  readonly instead: string;
}

function describe(value: unknown): Description {
  if (typeof value === "symbol") {
    return {
      what: "a symbol",
      instead: "Pass a string, or name the symbol with superjson.registerSymbol",
    };
  }
  if (typeof value !== "object" || value === null) {
    return { what: `a ${typeof value}`, instead: "Pass the data that the job works on" };
  }
  return builtIn(value) ?? instance(value);
}

function builtIn(value: object): Description | undefined {
  if (types.isDate(value) && Number.isNaN(value.getTime())) {
    return { what: "an invalid date", instead: "Pass a valid one, or undefined" };
  }
  if (isThenable(value)) {
    return { what: "a promise", instead: "Await it, and pass its result" };
  }
  if (isStream(value)) {
    return { what: "a stream", instead: "Store what it yields, and pass where it is stored" };
  }
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) {
    return {
      what: withArticle(typeName(value) ?? "buffer"),
      instead: "Pass a Uint8Array, or its bytes as text in Base64",
    };
  }
  if (types.isWeakMap(value) || types.isWeakSet(value) || tagOf(value) === "WeakRef") {
    return {
      what: withArticle(typeName(value) ?? "weak reference"),
      instead: "Pass the data that it refers to",
    };
  }
  if (types.isBoxedPrimitive(value)) {
    return { what: withArticle(`${tagOf(value)} object`), instead: "Pass its valueOf()" };
  }
  if (types.isArgumentsObject(value)) {
    return { what: "an arguments object", instead: "Pass [...arguments]" };
  }
  if (tagOf(value) === "AbortSignal") {
    return { what: "an AbortSignal", instead: "Use this.signal in the command" };
  }
  if (isGlobalID(value)) {
    return {
      what: "a GlobalID",
      instead: "Pass the record, or reference(model, id); or its toString(), to read as text",
    };
  }
  return undefined;
}

function instance(value: object): Description {
  const name = typeName(value);
  if (name === undefined) {
    return { what: "an instance of an unnamed class", instead: "Pass its data as a plain object" };
  }
  if (isError(value)) {
    return {
      what: `an error of the class ${name}`,
      instead:
        "Register the class with superjson.registerClass, where jobs run, too; " +
        "or pass new Error(error.message), or what the job needs of it as a plain object",
    };
  }
  if (lostInClass(value) !== undefined) {
    return {
      what: `an instance of ${name}`,
      instead:
        "Pass its data as a plain object, an array or what it inherits from; or register the class with superjson.registerCustom",
    };
  }
  return {
    what: `an instance of ${name}`,
    instead:
      `Pass its data as a plain object; or register the class, ` +
      `with globalId.register where it is a record, with superjson.registerClass where it is a value`,
  };
}

function isStream(value: object): boolean {
  const { pipe, getReader, getWriter } = value as Record<string, unknown>;
  return [pipe, getReader, getWriter].some((method) => typeof method === "function");
}

function typeName(value: object): string | undefined {
  const { constructor } = value;
  const name = typeof constructor === "function" ? constructor.name : undefined;
  return name || (value as { [Symbol.toStringTag]?: string })[Symbol.toStringTag];
}

/** What JavaScript itself says of an object, of another realm too. */
function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

function withArticle(name: string): string {
  return `${/^[AEIOU]/i.test(name) ? "an" : "a"} ${name}`;
}
