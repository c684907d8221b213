import { SuperJSON } from "superjson";
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

type Properties = Readonly<Record<string, unknown>>;

// The instance that `superjson.registerClass` and its like fill. It is private in the types alone;
// its registries are not.
const { defaultInstance } = SuperJSON as unknown as { readonly defaultInstance: SuperJSON };

const TYPED_ARRAYS = new Map<object, string>(
  [
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
  ].map((type) => [type.prototype, type.name]),
);

/** The elements of a typed array; `undefined` for what superjson cannot read back, Buffer included. */
export function typedArrayContent(value: object): Transformed<number[]> | undefined {
  const name = TYPED_ARRAYS.get(Object.getPrototypeOf(value) as object);
  if (name === undefined) return undefined;
  return { annotation: ["typed-array", name], content: Array.from(value as Uint8Array) };
}

/** What an instance of a class registered with `superjson.registerClass` consists of. */
export function instanceContent(value: object): Transformed<Properties> | undefined {
  const { classRegistry } = defaultInstance;
  const type = (Object.getPrototypeOf(value) as { constructor?: unknown } | null)?.constructor;
  const name = typeof type === "function" ? classRegistry.getIdentifier(type as never) : undefined;
  if (name === undefined) return undefined;
  const keys = classRegistry.getAllowedProps(type as never) ?? Object.keys(value);
  const content = Object.fromEntries(keys.map((key) => [key, (value as Properties)[key]]));
  return { annotation: ["class", name], content };
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

/** What of an error travels: what superjson takes, and what `superjson.allowErrorProps` adds. */
export function errorContent(error: Error): Properties {
  const content: Record<string, unknown> = { name: error.name, message: error.message };
  for (const key of ["cause", ...defaultInstance.allowedErrorProps]) {
    if (key in error) content[key] = (error as unknown as Properties)[key];
  }
  return content;
}

export function isRegisteredSymbol(symbol: symbol): boolean {
  return defaultInstance.symbolRegistry.getIdentifier(symbol) !== undefined;
}

/** A value without parts (a Date, a bigint, undefined …) as superjson writes it. */
export function toSuperjson(value: unknown): Transformed {
  // By far the most frequent ones; superjson's walk takes microseconds.
  if (value === undefined) return { annotation: "undefined", content: null };
  if (value instanceof Date) return { annotation: "Date", content: value.toISOString() };
  const { json, meta } = defaultInstance.serialize(value);
  const { values } = meta as unknown as { values: [Annotation] };
  return { annotation: values[0], content: json };
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
