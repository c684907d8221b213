import { Readable } from "node:stream";
import fc from "fast-check";
import superjson from "superjson";
import { describe, expect, it } from "vitest";
import { globalId } from "../../src/globalid/model-registry.ts";
import { deserializeArguments, serializeArguments } from "../../src/serialization/native-format.ts";
import { SerializationError } from "../../src/serialization/serialization-error.ts";
import { firstDifference } from "./same-graph.ts";

// Seconds on an idle machine, but not on a busy one.
const timeout = 60_000;

class User {
  constructor(readonly id?: string) {}
}
class Point {
  x: unknown = undefined;
  ["e\\.mail"]: unknown = undefined;
}
class Money {
  constructor(readonly cents: bigint) {}
}
class Stranger {}

const registered = Symbol("registered");
globalId.register(User, {
  find: (id) => new User(id),
  findMany: (ids) => ids.map((id) => new User(id)),
});
superjson.registerClass(Point, "Point");
superjson.registerSymbol(registered, "registered");
superjson.registerCustom<Money, string>(
  {
    isApplicable: (value): value is Money => value instanceof Money,
    serialize: ({ cents }) => String(cents),
    deserialize: (cents) => new Money(BigInt(cents)),
  },
  "Money",
);

const utf16 = fc
  .array(fc.nat(0xffff), { maxLength: 4 })
  .map((units) => String.fromCharCode(...units));
const text = fc.oneof(
  fc.string(),
  utf16,
  fc.constantFrom("", "gid://app/User/1", "null", "__proto__", "2026-11-21T00:00:00.000Z"),
);
const key = fc
  .oneof(
    text,
    fc.constantFrom("constructor", "prototype", "a.b", "a\\.b", "\\n", ".", "0", "toJSON", "then"),
  )
  // Node 24 and 26 read other keys as one that ends in a backslash: nodejs/node#63785.
  .filter((name) => name !== "__proto__" && !name.endsWith("\\"));
const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(-0, Number.NaN, Infinity, -Infinity),
);
const users = ["1", "2", "ü/+ ?"].map((id) => new User(id));

const leaf: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: number, weight: 2 },
  { arbitrary: text, weight: 2 },
  fc.constantFrom(null, true, false, undefined, registered),
  fc.bigInt(),
  fc.date({ noInvalidDate: true }),
  fc.constantFrom(/a\/b\n\\/giu, new RegExp(""), /[/]/y).map((regexp) => new RegExp(regexp)),
  fc.webUrl().map((url) => new URL(url)),
  fc.float64Array({ maxLength: 4 }),
  fc.uint8Array({ maxLength: 4 }),
  fc.bigInt().map((cents) => new Money(cents)),
  fc.constantFrom(...users),
);

const kinds = ["array", "object", "nullObject", "map", "set", "error", "point"] as const;
/** What stands in a container: a leaf, or the number of a container (itself, one before, one after). */
const slot = fc.oneof(
  { arbitrary: leaf.map((value) => ({ value })), weight: 2 },
  { arbitrary: fc.nat(7).map((container) => ({ container })), weight: 3 },
);
type Slot = { value: unknown } | { container: number };
const graph = fc.record({
  containers: fc.array(
    fc.record({
      kind: fc.constantFrom(...kinds),
      slots: fc.array(fc.tuple(key, slot, slot), { maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  args: fc.array(slot, { maxLength: 4 }),
});

describe("serializeArguments and deserializeArguments", () => {
  it(
    "give back whatever they were given, shared objects and cycles included",
    { timeout },
    async () => {
      await fc.assert(
        fc.asyncProperty(graph, async (described) => {
          const args = build(described);

          const { args: json, meta } = throughJson(serialize(args));
          const read = await deserializeArguments(json, meta);

          expect(firstDifference(args, read, { records: [User] })).toBeUndefined();
        }),
        { numRuns: 1000 },
      );
    },
  );

  it("do so through a store that reorders an object's keys", { timeout }, async () => {
    await fc.assert(
      fc.asyncProperty(graph, async (described) => {
        const args = build(described);

        const { args: json, meta } = reordered(throughJson(serialize(args)));
        const read = await deserializeArguments(json, meta);

        const options = { records: [User], anyKeyOrder: true };
        expect(firstDifference(args, read, options)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it("change neither what is written nor what is read", { timeout }, async () => {
    await fc.assert(
      fc.asyncProperty(graph, async (described) => {
        const [args, untouched] = [build(described), build(described)];

        const written = throughJson(serialize(args));
        const text = JSON.stringify(written);
        await deserializeArguments(written.args, written.meta);

        expect(firstDifference(args, untouched)).toBeUndefined();
        expect(JSON.stringify(written)).toBe(text);
      }),
    );
  });

  it("leave plain JSON as it is", { timeout }, () => {
    const plain = fc.array(fc.jsonValue().filter(hasNoProto));

    fc.assert(
      fc.property(plain, (args) => {
        const values = JSON.parse(JSON.stringify(args)) as unknown[];

        const written = serialize(values);

        expect(written).toStrictEqual({ args: values });
        expect(written.args).toBe(values);
        expect(deserializeArguments(values, undefined)).toBe(values);
      }),
    );
  });
});

describe("serializeArguments", () => {
  it("refuses what cannot travel, wherever it is, with the way to it", { timeout }, () => {
    const place = fc.record({
      before: fc.array(leaf, { maxLength: 3 }),
      after: fc.array(leaf, { maxLength: 3 }),
      wraps: fc.array(fc.record({ kind: fc.constantFrom(...wrapKinds), before: leaf, name: key })),
    });

    fc.assert(
      fc.property(fc.constantFrom(...refused), place, (value, { before, after, wraps }) => {
        const { value: argument, path } = wraps.reduce(wrap, { value, path: "" });

        const error = thrownBy(() => serialize([...before, argument, ...after]));

        expect(error).toBeInstanceOf(SerializationError);
        expect(error).toMatchObject({ className: "Greet", argumentIndex: before.length, path });
      }),
      { numRuns: 1000 },
    );
  });
});

const refused: unknown[] = [
  () => {},
  class {},
  Symbol("unregistered"),
  Promise.resolve(),
  Readable.from([]),
  new WeakMap(),
  new WeakSet(),
  new Stranger(),
  new Date(Number.NaN),
  Buffer.from("text"),
  new ArrayBuffer(1),
  new BigInt64Array(1),
  new User(),
  new (class extends Map {})(),
  Object,
];

const wrapKinds = ["array", "object", "mapKey", "mapValue", "set", "cause", "point"] as const;

interface Wrapped {
  readonly value: unknown;
  readonly path: string;
}

function wrap(
  { value, path }: Wrapped,
  { kind, before, name }: { kind: (typeof wrapKinds)[number]; before: unknown; name: string },
): Wrapped {
  switch (kind) {
    case "array":
      return { value: [before, value], path: `[1]${path}` };
    case "object":
      return { value: { [name]: value }, path: `${propertyPath(name)}${path}` };
    case "mapKey":
      return {
        value: new Map([
          ["first", before],
          [value, 1],
        ] as [unknown, unknown][]),
        path: `{key 1}${path}`,
      };
    case "mapValue":
      return {
        value: new Map([
          ["first", before],
          ["second", value],
        ]),
        path: `{value 1}${path}`,
      };
    case "set":
      return { value: new Set([value, before]), path: `{0}${path}` };
    case "cause":
      return { value: new Error("failed", { cause: value }), path: `.cause${path}` };
    case "point":
      return {
        value: Object.assign(new Point(), { x: before, "e\\.mail": value }),
        path: `["e\\\\.mail"]${path}`,
      };
  }
}

function propertyPath(name: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)
    ? `.${name}`
    : `[${JSON.stringify(name)}]`;
}

type Described = typeof graph extends fc.Arbitrary<infer Value> ? Value : never;

/** The arguments that a description means, with containers made anew. */
function build({ containers, args }: Described): unknown[] {
  const made = containers.map(({ kind }) => create(kind));
  const valueOf = (slot: Slot) =>
    "value" in slot ? slot.value : made[slot.container % made.length];
  for (const [index, { slots }] of containers.entries()) {
    for (const [name, one, other] of slots) fill(made[index]!, name, valueOf(one), valueOf(other));
  }
  return args.map(valueOf);
}

function create(kind: (typeof kinds)[number]): object {
  switch (kind) {
    case "array":
      return [];
    case "object":
      return {};
    case "nullObject":
      return Object.create(null) as object;
    case "map":
      return new Map();
    case "set":
      return new Set();
    case "error":
      return new Error("failed");
    case "point":
      return new Point();
  }
}

function fill(container: object, name: string, one: unknown, other: unknown): void {
  if (Array.isArray(container)) container.push(one);
  else if (container instanceof Map) container.set(one, other);
  else if (container instanceof Set) container.add(one);
  else if (container instanceof Error) {
    Object.defineProperty(container, "cause", { value: one, configurable: true });
  } else if (container instanceof Point) Object.assign(container, { x: one, "e\\.mail": other });
  else Object.assign(container, { [name]: one });
}

function serialize(args: readonly unknown[]) {
  return serializeArguments(args, { className: "Greet" });
}

function throughJson<Written>(written: Written): Written {
  return JSON.parse(JSON.stringify(written)) as Written;
}

function reordered<Json>(json: Json): Json {
  return JSON.parse(JSON.stringify(json), (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toReversed())
      : value,
  ) as Json;
}

function hasNoProto(value: unknown): boolean {
  return !JSON.stringify(value).includes("__proto__");
}

function thrownBy(body: () => unknown): unknown {
  try {
    return body();
  } catch (error) {
    return error;
  }
}
