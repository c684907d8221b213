import { runInNewContext } from "node:vm";
import { isDeepStrictEqual, types } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { builtInName } from "../../src/serialization/built-ins.ts";
import { deserializeFromRuby, serializeForRuby } from "../../src/serialization/activejob-format.ts";
import { deserializeArguments, serializeArguments } from "../../src/serialization/native-format.ts";
import { SerializationError } from "../../src/serialization/serialization-error.ts";

describe("builtInName", () => {
  it.each([
    ["Date", new Date(0)],
    ["Map", new Map()],
    ["URL", new URL("https://example.org")],
    ["Uint8Array", new Uint8Array(1)],
    ["TypeError", new TypeError()],
    ["AggregateError", new AggregateError([])],
    ["DOMException", new DOMException("gone", "AbortError")],
  ])("knows a %s", (name, value) => {
    expect(builtInName(value)).toBe(name);
  });

  it.each([
    ["an object without a prototype", Object.create(null)],
    ["an instance of a subclass", new (class Map extends globalThis.Map {})()],
    ["an instance of a subclass of Date", new (class Day extends Date {})()],
    ["a Date without a class", Object.setPrototypeOf(new Date(0), Object.create(null) as object)],
    ["what only inherits from a Date", Object.create(Date.prototype)],
    ["what only inherits from an error", Object.create(TypeError.prototype)],
    ["a URL of another making", new (class URL {})()],
    ["a Buffer", Buffer.from("text")],
    ["a Promise", Promise.resolve()],
    ["a plain object", {}],
    ["an object that says it is a Date", { constructor: Date }],
    ["an object whose constructor is no function", Object.create({ constructor: "Date" })],
    ["another realm's own subclass", runInNewContext("new (class extends Map {})()")],
    [
      "another realm's own class of such a name",
      runInNewContext("new (class TypeError extends Error {})()"),
    ],
  ])("does not take %s for one", (_, value) => {
    expect(builtInName(value as object)).toBeUndefined();
  });
});

it("knows a Date that fake timers make", () => {
  vi.useFakeTimers();
  const fake = new Date(0);
  vi.useRealTimers();

  expect(builtInName(fake)).toBe("Date");
});

describe("values of another realm", () => {
  it.each([
    ["new Date(5)", new Date(5)],
    ["new Map([[new Date(5), new Set([1n])]])", new Map([[new Date(5), new Set([1n])]])],
    ["new Set([new Set()])", new Set([new Set()])],
    ["/a.b/gi", /a.b/gi],
    ["new Uint8Array([1, 2])", new Uint8Array([1, 2])],
    ["new Float64Array([-0, NaN])", new Float64Array([-0, Number.NaN])],
    ["new Error('x')", new Error("x")],
    ["new TypeError('x', { cause: new Date(5) })", new TypeError("x", { cause: new Date(5) })],
    [
      "Object.assign(new RangeError('x'), { code: 'E' })",
      Object.assign(new RangeError("x"), { code: "E" }),
    ],
    [
      "new AggregateError([new Error('one')], 'all')",
      new AggregateError([new Error("one")], "all"),
    ],
    ["({ list: [new Date(5)] })", { list: [new Date(5)] }],
  ])("travel like this one's: %s", async (source, own) => {
    const foreign: unknown = runInNewContext(source);

    const [read] = await roundTrip([foreign]);

    expect(isDeepStrictEqual(foreign, own)).toBe(false);
    expect(isDeepStrictEqual(read, own)).toBe(true);
  });

  it("stay one object where they occur twice", async () => {
    const foreign: unknown = runInNewContext("const date = new Date(5); [date, date]");

    const [[one, other]] = (await roundTrip([foreign])) as [[Date, Date]];

    expect(one).toBe(other);
  });

  it("are Dates to Ruby, too", async () => {
    const foreign: unknown = runInNewContext("({ at: new Date(5) })");

    const json = serializeForRuby([foreign, null], { className: "Greet" });

    expect(json).toEqual(serializeForRuby([{ at: new Date(5) }, null], { className: "Greet" }));
    expect(await deserializeFromRuby(json)).toEqual([{ at: new Date(5) }, null]);
  });

  it.each([
    ["(() => {})", "a function cannot be deferred. Pass the data that the job works on"],
    ["Promise.resolve()", "a promise cannot be deferred. Await it, and pass its result"],
    ["new WeakMap()", "a WeakMap cannot be deferred. Pass the data that it refers to"],
    ["new WeakRef({})", "a WeakRef cannot be deferred. Pass the data that it refers to"],
    ["new Date(NaN)", "an invalid date cannot be deferred. Pass a valid one, or undefined"],
    ["Object(1)", "a Number object cannot be deferred. Pass its valueOf()"],
    [
      "new ArrayBuffer(1)",
      "an ArrayBuffer cannot be deferred. Pass a Uint8Array, or its bytes as text in Base64",
    ],
    [
      "(function () { return arguments })()",
      "an arguments object cannot be deferred. Pass [...arguments]",
    ],
    [
      "new (class Money {})()",
      "an instance of Money cannot be deferred. Pass its data as a plain object; or register the class, " +
        "with globalId.register where it is a record, with superjson.registerClass where it is a value",
    ],
  ])("are refused like this one's: %s", (source, reason) => {
    const error = thrownBy(() => serialize([runInNewContext(source)]));

    expect(error).toBeInstanceOf(SerializationError);
    expect((error as Error).message).toBe(`argument 1 of Greet: ${reason}`);
  });
});

describe("what would be lost", () => {
  const copy = "Pass a copy of it, and the property on its own";

  it.each([
    ["a hole in an array", [1, Object.assign([], { 1: "last" })], "[1][0]", hole()],
    ["a hole in a long array", holed(200), "[100]", hole()],
    ["a hole at the end of an array", Object.assign([1], { length: 2 }), "[1]", hole()],
    ["what a match has", /b/.exec("abc"), ".index", besideItems()],
    ["a property of an array", [Object.assign([1], { total: 1 })], "[0].total", besideItems()],
    [
      "a property of a long array",
      Object.assign(Array.from({ length: 200 }, Number), { columns: [] }),
      ".columns",
      besideItems(),
    ],
    [
      "a property of a Date",
      Object.assign(new Date(0), { zone: "UTC" }),
      ".zone",
      `a property of a Date cannot be deferred. ${copy}`,
    ],
    [
      "a property of a Map",
      { map: Object.assign(new Map(), { name: "m" }) },
      ".map.name",
      `a property of a Map cannot be deferred. ${copy}`,
    ],
    [
      "a property of a Set",
      Object.assign(new Set(), { a: 1 }),
      ".a",
      `a property of a Set cannot be deferred. ${copy}`,
    ],
    [
      "a property of a URL",
      Object.assign(new URL("https://example.org"), { "a-b": 1 }),
      '["a-b"]',
      `a property of an URL cannot be deferred. ${copy}`,
    ],
    [
      "a property of a typed array",
      Object.assign(new Uint8Array(2), { encoding: "hex" }),
      ".encoding",
      `a property of an Uint8Array cannot be deferred. ${copy}`,
    ],
    [
      "a RegExp's place",
      [searched()],
      "[0].lastIndex",
      "a RegExp that goes on where its last search ended cannot be deferred. Set its lastIndex to 0, or pass new RegExp(regExp)",
    ],
  ])("is refused: %s", (_, value, path, reason) => {
    const error = thrownBy(() => serialize([value])) as SerializationError;

    expect(error).toBeInstanceOf(SerializationError);
    expect(error.path).toBe(path);
    expect(error.message).toBe(`argument 1 of Greet, at ${path}: ${reason}`);
  });

  it.each([
    [
      "a hole",
      Object.assign([], { 1: "last" }),
      "[0]",
      "a hole in an array cannot be deferred to Ruby. Put undefined or null in its place",
    ],
    [
      "what a match has",
      /b/.exec("abc"),
      ".index",
      "a property of an array, beside its items, cannot be deferred to Ruby. Pass [...array], and the property on its own",
    ],
    [
      "a property of a Date",
      Object.assign(new Date(0), { zone: "UTC" }),
      ".zone",
      `a property of a Date cannot be deferred to Ruby. ${copy}`,
    ],
  ])("is refused for Ruby as well: %s", (_, value, path, reason) => {
    const error = thrownBy(() => serializeForRuby([value], { className: "Greet" }));

    expect((error as Error).message).toBe(`argument 1 of Greet, at ${path}: ${reason}`);
  });

  it("is no place in a RegExp that has not been used", async () => {
    const [read] = (await roundTrip([/a/gy])) as [RegExp];

    expect(read).toEqual(/a/gy);
    expect(types.isRegExp(read)).toBe(true);
  });
});

function hole(): string {
  return "a hole in an array cannot be deferred. Put undefined or null in its place";
}

function besideItems(): string {
  return "a property of an array, beside its items, cannot be deferred. Pass [...array], and the property on its own";
}

function holed(length: number): unknown[] {
  const list: unknown[] = [];
  for (let index = 0; index < length; index++) if (index !== 100) list[index] = index;
  return list;
}

function searched(): RegExp {
  const regExp = /a/g;
  regExp.exec("bab");
  return regExp;
}

function serialize(args: readonly unknown[]) {
  return serializeArguments(args, { className: "Greet" });
}

async function roundTrip(args: readonly unknown[]): Promise<unknown[]> {
  const { args: json, meta } = JSON.parse(JSON.stringify(serialize(args))) as ReturnType<
    typeof serialize
  >;
  return deserializeArguments(json, meta);
}

function thrownBy(body: () => unknown): unknown {
  try {
    return body();
  } catch (error) {
    return error;
  }
}
