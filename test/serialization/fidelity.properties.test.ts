import { isDeepStrictEqual } from "node:util";
import { createContext, runInContext, runInThisContext } from "node:vm";
import fc from "fast-check";
import superjson from "superjson";
import { describe, expect, it } from "vitest";
import { deserializeArguments, serializeArguments } from "../../src/serialization/native-format.ts";
import { SerializationError } from "../../src/serialization/serialization-error.ts";

// Seconds on an idle machine, but not on a busy one.
const timeout = 60_000;

class Registered extends Error {
  detail: unknown = undefined;
}
class Unregistered extends TypeError {}
class Dates extends Date {}
superjson.registerClass(Registered, "fidelity.Registered");

type Written = ReturnType<typeof serializeArguments>;

const another = createContext();
let context: ReturnType<typeof createContext> | undefined = another;

/** Something that a caller may hold, made anew each time. */
const makers: Readonly<Record<string, () => unknown>> = {
  "a Date": () => new Date(5),
  "a Map": () => new Map<unknown, unknown>([["a", 1]]),
  "a Set": () => new Set<unknown>([1, "b"]),
  "a RegExp": () => /a.b/g,
  "a URL": () => new URL("https://example.org/?a=1"),
  "a Uint8Array": () => new Uint8Array([1, 2]),
  "a Float32Array": () => new Float32Array([-0, Number.NaN]),
  "a Buffer": () => Buffer.from("ab"),
  "a DataView": () => new DataView(new ArrayBuffer(2)),
  "an ArrayBuffer": () => new ArrayBuffer(2),
  "a SharedArrayBuffer": () => new SharedArrayBuffer(2),
  "a BigInt64Array": () => new BigInt64Array(1),
  "an Error": () => new Error("x"),
  "a TypeError": () => new TypeError("x", { cause: 1 }),
  "an AggregateError": () => new AggregateError([new RangeError("y"), 1n], "x"),
  "a registered error": () => Object.assign(new Registered("x"), { detail: [1n] }),
  "an unregistered error": () => new Unregistered("x"),
  "an instance of a subclass of Date": () => new Dates(5),
  "an instance of a subclass of Array": () => new (class extends Array {})(),
  "a boxed string": () => Object("ab") as unknown,
  "a boxed number": () => Object(-0) as unknown,
  "a boxed bigint": () => Object(1n) as unknown,
  "an arguments object": () =>
    (function () {
      return arguments;
    })(),
  "a match": () => /(?<first>b)/.exec("abc"),
  "a template's strings": () => ((strings: TemplateStringsArray) => strings)`ab`,
  "an array with a hole": () => Object.assign([], { 1: "b" }),
  "a sparse array": () => Object.assign([], { length: 4_000_000_000 }),
  "an array": () => [1, undefined, "b"],
  "a long array": () => Array.from({ length: 200 }, Number),
  "an object": () => ({ a: 1, b: undefined }),
  "minus zero": () => -0,
  "a bigint": () => 10n ** 30n,
  NaN: () => Number.NaN,
  "a foreign Date": () => foreign("new Date(5)"),
  "a foreign Map": () => foreign("new Map([[1, new Set([2])]])"),
  "a foreign error": () => foreign("new RangeError('x', { cause: new Date(5) })"),
  "a foreign array": () => foreign("[1, { a: new Date(5) }]"),
  "a proxy": () => new Proxy({ a: 1 }, {}),
  "a proxy of a Date": () => new Proxy(new Date(5), {}),
  "a generator": () =>
    (function* () {
      yield 1;
    })(),
};

/** What somebody may have done to it. */
const changes: Readonly<Record<string, (value: object) => void>> = {
  nothing: () => {},
  "a property": (value) => Object.assign(value, { total: 5n }),
  "a property of undefined": (value) => Object.assign(value, { total: undefined }),
  "a property that is hidden": (value) =>
    Object.defineProperty(value, "hidden", { value: 1, configurable: true }),
  "an index far away": (value) => Object.assign(value, { 500: "far" }),
  "a lastIndex": (value) => Object.assign(value, { lastIndex: 2 }),
  "a name": (value) => Object.assign(value, { name: "Custom" }),
  "a message": (value) => Object.assign(value, { message: "changed" }),
  "a cause": (value) => Object.assign(value, { cause: new Date(5) }),
  errors: (value) => Object.assign(value, { errors: [1] }),
  "a frozen state": (value) => {
    if (!ArrayBuffer.isView(value)) Object.freeze(value);
  },
};

const oddity = fc.record({
  made: fc.constantFrom(...Object.keys(makers)),
  changed: fc.array(fc.constantFrom(...Object.keys(changes)), { maxLength: 2 }),
});
const place = fc.constantFrom<(value: unknown) => unknown>(
  (value) => value,
  (value) => [1, value],
  (value) => ({ a: { b: value } }),
  (value) => new Map([["key", value]]),
  (value) => new Set([value]),
  (value) => new Error("x", { cause: value }),
);

describe("whatever is deferred", () => {
  it("arrives as it was, or is refused with the way to it", { timeout }, async () => {
    await fc.assert(
      fc.asyncProperty(oddity, place, async ({ made, changed }, wrap) => {
        const [argument, twin] = [wrap(build(made, changed)), wrap(twinOf(made, changed))];

        const written = attempt(() => serializeArguments([argument], { className: "Greet" }));

        const isRefused = written instanceof SerializationError;
        if (written instanceof Error && !isRefused) throw written;
        const read = isRefused ? twin : await throughJson(written);
        expect(isDeepStrictEqual(read, twin), `${made} with ${changed.join(", ")}`).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

function build(made: string, changed: readonly string[]): unknown {
  const value = makers[made]?.();
  if (typeof value !== "object" || value === null) return value;
  for (const change of changed) attempt(() => changes[change]?.(value));
  return value;
}

/** The same of this realm. */
function twinOf(made: string, changed: readonly string[]): unknown {
  context = undefined;
  const twin = build(made, changed);
  context = another;
  return twin;
}

function foreign(source: string): unknown {
  return context === undefined ? runInThisContext(source) : runInContext(source, context);
}

async function throughJson(written: object): Promise<unknown> {
  const { args, meta } = JSON.parse(JSON.stringify(written)) as Written;
  return (await deserializeArguments(args, meta))[0];
}

function attempt<Result>(body: () => Result): Result | Error {
  try {
    return body();
  } catch (error) {
    return error as Error;
  }
}
