import { SuperJSON } from "superjson";
import { errorKeys, isError, picked, type Properties } from "./errors.ts";
import { RubyBigDecimal, RubyRange } from "./ruby-values.ts";

/**
 * How superjson, version 2, says what a value in JSON stands for: a name of its own, or what was
 * registered with it.
 */
export type Annotation = string | readonly [kind: string, name: string];

/** What superjson's transformer for a value made of it. */
export interface Transformed<Content = unknown> {
  readonly annotation: Annotation;
  readonly content: Content;
}

// The instance that `superjson.registerClass` and its like fill. It is private in the types alone;
// its registries are not.
const { defaultInstance } = SuperJSON as unknown as { readonly defaultInstance: SuperJSON };

/**
 * What an instance of a class registered with `superjson.registerClass` consists of; of an error
 * with what is not enumerable, such as its message.
 */
export function instanceContent(value: object): Transformed<Properties> | undefined {
  const { classRegistry } = defaultInstance;
  const type = (Object.getPrototypeOf(value) as { constructor?: unknown } | null)?.constructor;
  const name = typeof type === "function" ? classRegistry.getIdentifier(type as never) : undefined;
  if (name === undefined) return undefined;
  const allowed = classRegistry.getAllowedProps(type as never);
  const keys = allowed ?? (isError(value) ? errorKeys(value) : Object.keys(value));
  return { annotation: ["class", name], content: picked(value, keys) };
}

/** What `superjson.registerCustom` has for a value, if anything. */
export function customContent(value: unknown): Transformed | undefined {
  const transformer = defaultInstance.customTransformerRegistry.findApplicable(value);
  if (transformer === undefined) return undefined;
  return {
    annotation: ["custom", transformer.name],
    content: transformer.serialize(value),
  };
}

/**
 * What `superjson.allowErrorProps` adds to what travels of errors: `stack`, or what is not
 * enumerable.
 */
export function allowedErrorProps(): readonly string[] {
  return defaultInstance.allowedErrorProps;
}

export function isRegisteredSymbol(symbol: symbol): boolean {
  return defaultInstance.symbolRegistry.getIdentifier(symbol) !== undefined;
}

/** A primitive that JSON does not have, as superjson writes it. Its own walk takes microseconds. */
export function primitiveContent(
  value: number | bigint | symbol | undefined,
): Transformed<string | null> {
  if (value === undefined) return { annotation: "undefined", content: null };
  if (typeof value === "symbol") {
    const name = String(defaultInstance.symbolRegistry.getIdentifier(value));
    return { annotation: ["symbol", name], content: value.description ?? null };
  }
  if (typeof value === "bigint") return { annotation: "bigint", content: String(value) };
  return { annotation: "number", content: Object.is(value, -0) ? "-0" : String(value) };
}

/** A valid Date, a RegExp or a URL, as superjson writes it. */
export function leafContent(value: object, name: string): Transformed<string> {
  if (name === "Date") return { annotation: name, content: (value as Date).toISOString() };
  return { annotation: name === "RegExp" ? "regexp" : name, content: (value as URL).toString() };
}

/** Ours, in the words of superjson's own transformers. */
export const BIG_DECIMAL: Pick<Transformed, "annotation"> = {
  annotation: ["custom", "mandate.BigDecimal"],
};
export const RANGE: Pick<Transformed, "annotation"> = { annotation: ["custom", "mandate.Range"] };

/** What an annotated value in JSON stands for. Its parts have been read before. */
export function fromSuperjson({ annotation, content }: Transformed): unknown {
  if (annotation[1] === BIG_DECIMAL.annotation[1]) return new RubyBigDecimal(String(content));
  if (annotation[1] === RANGE.annotation[1]) {
    const [begin, end, excludeEnd] = content as [unknown, unknown, unknown];
    return new RubyRange(begin, end, excludeEnd === true);
  }
  if (annotation === "undefined") return undefined;
  if (annotation === "Date") return new Date(content as string);
  const meta = { values: [annotation], v: 1 };
  return defaultInstance.deserialize({ json: content, meta } as never, { inPlace: true });
}
