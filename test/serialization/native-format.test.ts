import { Readable } from "node:stream";
import { runInNewContext } from "node:vm";
import superjson from "superjson";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { GlobalID, RecordNotFoundError } from "../../src/globalid/global-id.ts";
import { globalId } from "../../src/globalid/model-registry.ts";
import { reference } from "../../src/globalid/reference.ts";
import { DeserializationError } from "../../src/serialization/deserialization-error.ts";
import type { Meta } from "../../src/serialization/meta.ts";
import { deserializeArguments, serializeArguments } from "../../src/serialization/native-format.ts";
import { SerializationError } from "../../src/serialization/serialization-error.ts";
import { ConfigurationError } from "../../src/support/errors.ts";
import { firstDifference } from "./same-graph.ts";

interface Row {
  readonly id: number;
  readonly at?: Date;
}
class User {
  constructor(readonly id?: number) {}
}
class Point {
  x: unknown = undefined;
  secret: unknown = undefined;
}
class Pair {
  constructor(readonly content: unknown) {}
}
class Stranger {}
class Names extends Set {}

const users = new Map<string, User>();
const rows = new Map<string, Row>();
const findUsers = vi.fn<(ids: string[]) => User[]>();

superjson.registerClass(Point, { identifier: "Point", allowProps: ["x"] });
superjson.registerClass(Names, "Names");
superjson.registerCustom<Pair, never>(
  {
    isApplicable: (value): value is Pair => value instanceof Pair,
    serialize: ({ content }) => content as never,
    deserialize: (content) => new Pair(content),
  },
  "Pair",
);

beforeEach(() => {
  users.clear();
  rows.clear();
  findUsers.mockReset();
  findUsers.mockImplementation((ids) =>
    [...users.values()].filter(({ id }) => ids.includes(String(id))),
  );
  globalId.register(User, { find: (id) => users.get(id), findMany: findUsers });
  globalId.register("Row", { find: (id) => rows.get(id) });
});

describe("serializeArguments", () => {
  it("hands plain JSON back as it is", () => {
    const args = [42, "text", { a: [null, true] }];

    const written = serialize(args);

    expect(written).toStrictEqual({ args });
    expect(written.args).toBe(args);
  });

  it("writes records as their global ids, and says where they are", () => {
    const row: Row = reference("Row", { id: 7 });

    const written = serialize([user(1), { authors: [user(2), row], "e.mail": reference(User, 3) }]);

    expect(written).toStrictEqual({
      args: [
        "gid://app/User/1",
        { authors: ["gid://app/User/2", "gid://app/Row/7"], "e.mail": "gid://app/User/3" },
      ],
      meta: { gids: ["0", "1.authors.0", "1.authors.1", "1.e\\.mail"] },
    });
  });

  it("writes readable JSON, and superjson's annotations beside it", () => {
    const when = new Date(Date.UTC(2026, 10, 21));

    const written = serialize([{ when, by: new Map([[user(1), new Set([10n])]]) }, undefined, -0]);

    expect(written).toStrictEqual({
      args: [{ when: "2026-11-21T00:00:00.000Z", by: [["gid://app/User/1", ["10"]]] }, null, "-0"],
      meta: {
        gids: ["0.by.0.0"],
        values: {
          "0.when": ["Date"],
          "0.by": ["map", { "0.1": ["set", { 0: ["bigint"] }] }],
          1: ["undefined"],
          2: ["number"],
        },
        v: 1,
      },
    });
  });

  it("writes an object once, and says where it is again", () => {
    const tag = { name: "new" };
    const node: Record<string, unknown> = { tag };
    node["self"] = node;

    expect(serialize([node, [tag]])).toStrictEqual({
      args: [{ tag: { name: "new" }, self: null }, [null]],
      meta: { referentialEqualities: { 0: ["0.self"], "0.tag": ["1.0"] }, v: 1 },
    });
  });

  it("writes what superjson itself can read", () => {
    const list = [1];
    const args = [{ at: new Date(5), list }, new Map([["k", [undefined, 5n]]]), list, /a.b/g];

    const { args: json, meta } = throughJson(serialize(args));

    expect(superjson.deserialize({ json, meta } as never)).toEqual(args);
  });

  it("leaves the arguments as they are", () => {
    const args = Object.freeze([
      Object.freeze({ at: new Date(5), user: user(1), list: Object.freeze([1n]) }),
    ]);

    serialize(args);

    expect(args).toEqual([{ at: new Date(5), user: users.get("1"), list: [1n] }]);
  });

  it.each([
    ["a function", () => {}, "a function cannot be deferred. Pass the data that the job works on"],
    ["a class", Stranger, "a function cannot be deferred. Pass the data that the job works on"],
    [
      "a symbol",
      Symbol("s"),
      "a symbol cannot be deferred. Pass a string, or name the symbol with superjson.registerSymbol",
    ],
    ["a promise", Promise.resolve(), "a promise cannot be deferred. Await it, and pass its result"],
    [
      "a query",
      new (class {
        then() {}
      })(),
      "a promise cannot be deferred. Await it, and pass its result",
    ],
    [
      "a stream",
      Readable.from([]),
      "a stream cannot be deferred. Store what it yields, and pass where it is stored",
    ],
    [
      "a web stream",
      new ReadableStream(),
      "a stream cannot be deferred. Store what it yields, and pass where it is stored",
    ],
    [
      "an invalid date",
      new Date(Number.NaN),
      "an invalid date cannot be deferred. Pass a valid one, or undefined",
    ],
    ["a WeakMap", new WeakMap(), "a WeakMap cannot be deferred. Pass the data that it refers to"],
    ["a WeakRef", new WeakRef({}), "a WeakRef cannot be deferred. Pass the data that it refers to"],
    [
      "a Buffer",
      Buffer.from("secret"),
      "a Buffer cannot be deferred. Pass a Uint8Array, or its bytes as text in Base64",
    ],
    [
      "an ArrayBuffer",
      new ArrayBuffer(1),
      "an ArrayBuffer cannot be deferred. Pass a Uint8Array, or its bytes as text in Base64",
    ],
    [
      "a GlobalID",
      GlobalID.parse("gid://app/User/1"),
      "a GlobalID cannot be deferred. Pass the record, or reference(model, id); or its toString(), to read as text",
    ],
    [
      "a class instance",
      new Stranger(),
      "an instance of Stranger cannot be deferred. Pass its data as a plain object; or register the class, " +
        "with globalId.register where it is a record, with superjson.registerClass where it is a value",
    ],
    [
      "an instance of a nameless class",
      new (class {})(),
      "an instance of an unnamed class cannot be deferred. Pass its data as a plain object",
    ],
    [
      "an instance of a subclass of Map",
      new (class Index extends Map {})(),
      "an instance of Index cannot be deferred. Pass its data as a plain object, an array or what it inherits from; " +
        "or register the class with superjson.registerCustom",
    ],
    [
      "an error of a class that is not registered",
      new (class PaymentError extends Error {})("secret"),
      "an error of the class PaymentError cannot be deferred. Register the class with superjson.registerClass, where " +
        "jobs run, too; or pass new Error(error.message), or what the job needs of it as a plain object",
    ],
    [
      "a registered class that is more than its properties",
      new Names(),
      "an instance of Names, which is more than its properties, cannot be deferred as superjson.registerClass has it. " +
        "Use superjson.registerCustom",
    ],
    [
      "a boxed primitive",
      Object("secret"),
      "a String object cannot be deferred. Pass its valueOf()",
    ],
    ["a boxed bigint", Object(1n), "a BigInt object cannot be deferred. Pass its valueOf()"],
    [
      "an arguments object",
      argumentsOf("secret"),
      "an arguments object cannot be deferred. Pass [...arguments]",
    ],
    [
      "an AbortSignal",
      new AbortController().signal,
      "an AbortSignal cannot be deferred. Use this.signal in the command",
    ],
    [
      "a DataView",
      new DataView(new ArrayBuffer(1)),
      "a DataView cannot be deferred. Pass a Uint8Array, or its bytes as text in Base64",
    ],
    [
      "a SharedArrayBuffer",
      new SharedArrayBuffer(1),
      "a SharedArrayBuffer cannot be deferred. Pass a Uint8Array, or its bytes as text in Base64",
    ],
    [
      "a record that is not saved",
      new User(),
      'a record of User that has no id cannot be deferred. Save it first; or register the model with an "idOf" ' +
        "that gives a string, a number, a bigint, or an array of them",
    ],
    [
      "what a transformer makes no JSON of",
      new Pair(undefined),
      'what the superjson transformer "Pair" returns cannot be deferred. ' +
        "Have it return a plain object, an array, or a string, a finite number, a boolean or null",
    ],
  ])("refuses %s", (_, value, reason) => {
    const error = thrownBy(() =>
      serializeArguments(["secret", { secret: "secret", attachments: [value] }], {
        className: "SendWelcomeEmail",
      }),
    );

    expect(error).toBeInstanceOf(SerializationError);
    expect(error).toMatchObject({
      name: "SerializationError",
      code: "MANDATE_SERIALIZATION",
      className: "SendWelcomeEmail",
      argumentIndex: 1,
      path: ".attachments[0]",
      message: `argument 2 of SendWelcomeEmail, at .attachments[0]: ${reason}`,
    });
  });

  it("names the parameter where it knows it, and has no path for the argument itself", () => {
    const context = { className: "Greet", parameterNames: ["user", "locale"] };

    const error = thrownBy(() => serializeArguments([1, () => {}], context));

    expect(error).toMatchObject({
      path: "",
      message:
        "argument 2 (locale) of Greet: a function cannot be deferred. Pass the data that the job works on",
    });
  });

  it("numbers what is in a Map or a Set instead of showing it", () => {
    const args = [[new Map([["secret", new Set(["secret", () => {}])]])], new Map([[() => {}, 1]])];

    expect(thrownBy(() => serialize(args))).toMatchObject({ path: "[0]{value 0}{1}" });
    expect(thrownBy(() => serialize(args.slice(1)))).toMatchObject({ path: "{key 0}" });
  });

  it("refuses an own property named __proto__", () => {
    const hostile = JSON.parse('{"user":{"__proto__":{"admin":true}}}') as unknown;

    const error = thrownBy(() => serialize([hostile]));

    expect(error).toMatchObject({
      path: ".user.__proto__",
      message:
        "argument 1 of Greet, at .user.__proto__: a property named __proto__ cannot be deferred. " +
        "Rename it, or remove it from the object",
    });
  });

  it("says what a transformer threw", () => {
    const failure = new Error("no rate for secret");
    class Price {}
    const isPrice = (value: unknown): value is Price => value instanceof Price;
    const serialize_ = () => {
      throw failure;
    };
    superjson.registerCustom(
      { isApplicable: isPrice, serialize: serialize_, deserialize: () => new Price() },
      "Price",
    );

    const error = thrownBy(() => serialize([new Price()]));

    expect(error).toMatchObject({
      cause: failure,
      message:
        "argument 1 of Greet: a value whose superjson transformer throws cannot be deferred. See the cause of this error",
    });
  });

  it("refuses a cycle through a transformer's value", () => {
    const list: unknown[] = [];
    const pair = new Pair(list);
    list.push(pair);

    expect(thrownBy(() => serialize([pair]))).toMatchObject({
      path: "[0]",
      message:
        "argument 1 of Greet, at [0]: a reference back to a value with a superjson transformer, from within it, " +
        "cannot be deferred. Have the transformer leave it out",
    });
  });

  it.each([
    ["arrays", (inner: unknown) => [inner], 500],
    ["objects", (inner: unknown) => ({ inner }), 500],
    ["sets", (inner: unknown) => new Set([inner]), 500],
    ["maps", (inner: unknown) => new Map([["inner", inner]]), 250],
    ["errors", (inner: unknown) => new Error("", { cause: inner }), 500],
  ])("takes 500 levels of JSON, and no more: %s", async (_, wrap, levels) => {
    const deepest = nested(wrap, levels);
    const tooDeep = nested(wrap, levels + 1);

    const { args, meta } = throughJson(serialize([deepest]));

    expect(await deserializeArguments(args, meta)).toHaveLength(1);
    expect(thrownBy(() => serialize([tooDeep]))).toMatchObject({
      message: expect.stringMatching(
        /: what is nested deeper than 500 levels cannot be deferred\. Pass it in a flatter shape$/,
      ),
    });
  });
});

describe("what travels", () => {
  it("keeps undefined, as an argument and inside", async () => {
    const args = [undefined, { a: undefined }, [undefined, 1], undefined];

    expect(await roundTrip(args)).toStrictEqual(args);
  });

  it("keeps text that looks like a global id, or like what superjson writes", async () => {
    const args = [
      "gid://app/User/1",
      [user(1), "gid://app/User/1"],
      "NaN",
      "undefined",
      [["map", []]],
    ];

    expect(await roundTrip(args)).toStrictEqual(args);
  });

  it("keeps properties named constructor and prototype, next to what superjson would refuse there", async () => {
    const args = [{ constructor: { prototype: { polluted: new Date(5) } } }];

    expect(firstDifference(await roundTrip(args), args)).toBeUndefined();
    expect({}).not.toHaveProperty("polluted");
  });

  it("keeps an error's class, name, message and cause, and not its stack", async () => {
    const error = new RangeError("too much", { cause: new Error("disk", { cause: { code: 5n } }) });

    const [read] = (await roundTrip([error])) as [Error];

    expect(Object.getPrototypeOf(read)).toBe(RangeError.prototype);
    expect(read).toMatchObject({
      name: "RangeError",
      message: "too much",
      stack: "RangeError: too much",
    });
    expect(read.cause).toMatchObject({ message: "disk", cause: { code: 5n } });
    expect(Object.hasOwn((read.cause as Error).cause as object, "cause")).toBe(false);
    expect(Object.keys(read)).toEqual([]);
  });

  it("keeps what superjson is told to keep of errors", async () => {
    superjson.allowErrorProps("hint", "stack");
    const error = Object.assign(new Error("gone"), { code: "ENOENT" });
    Object.defineProperty(error, "hint", { value: "look there" });

    const [read] = (await roundTrip([error])) as [Error];

    expect(read).toMatchObject({ code: "ENOENT", hint: "look there", stack: error.stack });
  });

  it("keeps of a registered class what superjson is told to keep", async () => {
    const point = Object.assign(new Point(), { x: [new Date(5)], secret: () => {} });

    const [read] = (await roundTrip([point])) as [Point];

    expect(read).toBeInstanceOf(Point);
    expect(Object.entries(read)).toEqual([["x", [new Date(5)]]]);
  });

  it("hands a transformer what it wrote, rich values within included", async () => {
    const args = [
      new Pair({ at: new Date(5), user: user(1), list: [1n] }),
      new Pair("text"),
      new Pair(null),
    ];

    expect(await roundTrip(args)).toStrictEqual(args);
  });

  it("does without what JSON has no place for", async () => {
    const odd = Object.defineProperties(
      { shown: 1, [Symbol("tag")]: () => {} },
      { hidden: { value: () => {}, enumerable: false } },
    );
    const bare = Object.assign(Object.create(null) as object, { a: 1 });

    expect(await roundTrip([odd, bare])).toStrictEqual([{ shown: 1 }, { a: 1 }]);
  });

  it("reads getters", async () => {
    const row = {
      get name() {
        return "Ada";
      },
    };

    expect(await roundTrip([row])).toStrictEqual([{ name: "Ada" }]);
  });

  it("takes plain objects and arrays of another realm", async () => {
    const foreign = runInNewContext("({ list: [undefined, { a: 1n }] })") as unknown;

    expect(await roundTrip([foreign])).toStrictEqual([{ list: [undefined, { a: 1n }] }]);
  });
});

describe("deserializeArguments", () => {
  it("returns at once where nothing is to be looked up", () => {
    const args = [1, { a: 2 }];
    const rich = throughJson(serialize([new Date(5)]));

    expect(deserializeArguments(args, undefined)).toBe(args);
    expect(deserializeArguments(rich.args, rich.meta)).toEqual([new Date(5)]);
  });

  it("asks each model once, and gives the same object for the same record", async () => {
    const args = [user(1), [user(2), new Map([["again", user(1)]])], { author: new User(2) }];

    const read = (await roundTrip(args)) as [User, [User, Map<string, User>], { author: User }];

    expect(read).toStrictEqual(args);
    expect(read[1][1].get("again")).toBe(read[0]);
    expect(read[2].author).toBe(read[1][0]);
    expect(findUsers.mock.calls).toEqual([[["1", "2"]]]);
  });

  it("hands over the very record that was found, wherever it goes", async () => {
    const row = reference<Row>("Row", Object.freeze({ id: 7, at: new Date(5) }));
    rows.set("7", row);
    const point = Object.assign(new Point(), { x: row });

    const read = (await roundTrip([row, point, new Set([row])])) as [Row, Point, Set<Row>];

    expect(read[0]).toBe(row);
    expect(read[1].x).toBe(row);
    expect([...read[2]][0]).toBe(row);
  });

  it("says which records are missing", async () => {
    const { args, meta } = throughJson(serialize([user(1), user(2), [user(3)]]));
    users.delete("2");
    users.delete("3");

    const error = (await rejectionOf(deserializeArguments(args, meta))) as DeserializationError;

    expect(error).toBeInstanceOf(DeserializationError);
    expect(error).toMatchObject({
      name: "DeserializationError",
      code: "MANDATE_DESERIALIZATION",
      message:
        "Cannot read the arguments: a record of User, and 1 more, that they refer to is not there. " +
        "It may be deleted, or its transaction may not have been committed yet",
    });
    expect(error.missing.map(String)).toEqual(["gid://app/User/2", "gid://app/User/3"]);
    expect(error.cause).toBeInstanceOf(RecordNotFoundError);
    expect(error.cause).toMatchObject({ gid: error.missing[0] });
  });

  it("tells a failed lookup from a missing record", async () => {
    const failure = new Error("connection refused");
    findUsers.mockImplementation(() => {
      throw failure;
    });

    const error = await rejectionOf(roundTrip([user(1)]));

    expect(error).toBeInstanceOf(DeserializationError);
    expect(error).toMatchObject({
      message:
        "Cannot read the arguments: looking up the records that they refer to failed: connection refused",
      cause: failure,
      missing: [],
    });
  });

  it("refuses a model that is not registered here", async () => {
    const error = await rejectionOf(deserializeArguments(["gid://app/Nobody/1"], { gids: ["0"] }));

    expect(error).toBeInstanceOf(DeserializationError);
    expect(error).toMatchObject({ missing: [], cause: expect.any(ConfigurationError) });
  });

  it("refuses a property named __proto__, and pollutes nothing", () => {
    const args = JSON.parse('[1,{"user":{"__proto__":{"admin":true}}}]') as unknown[];

    expect(thrownBy(() => deserializeArguments(args, undefined))).toMatchObject({
      code: "MANDATE_DESERIALIZATION",
      path: "[1].user.__proto__",
      message:
        "Cannot read args[1].user.__proto__: a property of that name can only be there to do harm. Delete the job",
    });
    expect({}).not.toHaveProperty("admin");
  });

  it.each([
    '{"values":{"0.__proto__.admin":["Date"]}}',
    '{"values":{"__proto__":["Date",{"admin":["Date"]}]}}',
    '{"values":{"0.constructor.prototype.admin":["undefined"]}}',
  ])("is not polluted by meta %s", async (meta) => {
    const read = await deserializeArguments([{ constructor: 1 }], JSON.parse(meta) as Meta);

    expect(read).toEqual([{ constructor: 1 }]);
    expect({}).not.toHaveProperty("admin");
    expect(Object.prototype).not.toHaveProperty("0");
  });

  it.each([
    "[]",
    "null",
    "1",
    '{"gids":"0"}',
    '{"gids":[0]}',
    '{"values":[]}',
    '{"values":{"0":"Date"}}',
    '{"values":{"0":[]}}',
    '{"values":{"0":[["class"]]}}',
    '{"values":{"0":[["class","a","b"]]}}',
    '{"values":{"0":["map",[]]}}',
    '{"referentialEqualities":[["0"]]}',
    '{"referentialEqualities":{"0":"1"}}',
  ])("refuses %s as meta", (meta) => {
    expect(thrownBy(() => deserializeArguments([1], JSON.parse(meta) as Meta))).toMatchObject({
      code: "MANDATE_DESERIALIZATION",
      message:
        'Cannot read the arguments: the "meta" beside them is not what defer writes. Delete the job, or enqueue it anew',
    });
  });

  it.each<[string, unknown[], Meta]>([
    ["[0]: there is no global id", ["text"], { gids: ["0"] }],
    ["[0]: there is no global id", [{}], { gids: ["0"] }],
    ["[1].a: there is nothing", [1], { gids: ["1.a"] }],
    ["[0].toString: there is nothing", [{}], { gids: ["0.toString"] }],
    ["[3]: there is nothing", [null], { referentialEqualities: { 3: ["0"] } }],
    ["[0]: it is needed to make itself", [null], { referentialEqualities: { 0: ["0"] } }],
    ["[0]: there is no Date", ["yesterday"], { values: { 0: ["Date"] } }],
    ["[0]: there is no bigint", ["1.5"], { values: { 0: ["bigint"] } }],
    ["[0]: there is no URL", ["nowhere"], { values: { 0: ["URL"] } }],
    ["[0]: there is no regexp", [5], { values: { 0: ["regexp"] } }],
    ["[0]: there is no unheard-of", [1], { values: { 0: ["unheard-of"] } }],
    ["[0]: there is no list", [{}], { values: { 0: ["map"] } }],
    ["[0].a[1]: there is no list", [{ a: [[1, 2], 3] }], { values: { "0.a": ["map"] } }],
    ["[0]: there is no list", ["abc"], { values: { 0: ["set"] } }],
    ["[0]: there is no Error", ["failed"], { values: { 0: ["Error"] } }],
    ["[0]: there is no object", [[1]], { values: { 0: [["class", "Point"]] } }],
    ["[0]: there is no Uint8Array", [2 ** 33], { values: { 0: [["typed-array", "Uint8Array"]] } }],
    [
      '[0]: superjson could not make a class "Gone" of it. Register that where jobs run, too',
      [{}],
      { values: { 0: [["class", "Gone"]] } },
    ],
    [
      '[0]["e-mail"]: superjson could not make a custom "Gone" of it. Register that where jobs run, too',
      [{ "e-mail": 1 }],
      { values: { "0.e-mail": [["custom", "Gone"]] } },
    ],
  ])("says where arguments do not fit their meta: %s", (reason, args, meta) => {
    const error = thrownBy(() => deserializeArguments(args, meta));

    expect(error).toBeInstanceOf(DeserializationError);
    expect(error).toMatchObject({
      message: `Cannot read args${reason}`,
      path: reason.slice(0, reason.indexOf(":")),
    });
  });

  it("refuses what is no list, and what is nested without end", () => {
    const endless = JSON.parse("[".repeat(100_000) + "]".repeat(100_000)) as unknown[];

    expect(thrownBy(() => deserializeArguments("args" as never, undefined))).toMatchObject({
      message: "Cannot read args: there is no list",
    });
    expect(thrownBy(() => deserializeArguments(endless, undefined))).toMatchObject({
      code: "MANDATE_DESERIALIZATION",
      message:
        "Cannot read the arguments: Maximum call stack size exceeded. Delete the job, or enqueue it anew",
    });
  });
});

function user(id: number): User {
  const known = users.get(String(id));
  if (known) return known;
  const added = new User(id);
  users.set(String(id), added);
  return added;
}

function argumentsOf(..._given: unknown[]): unknown {
  return arguments;
}

function nested(wrap: (inner: unknown) => unknown, levels: number): unknown {
  let value: unknown = "innermost";
  for (let level = 0; level < levels; level++) value = wrap(value);
  return value;
}

function serialize(args: readonly unknown[]) {
  return serializeArguments(args, { className: "Greet" });
}

async function roundTrip(args: readonly unknown[]): Promise<unknown[]> {
  const { args: json, meta } = throughJson(serialize(args));
  return deserializeArguments(json, meta);
}

function throughJson<Written>(written: Written): Written {
  return JSON.parse(JSON.stringify(written)) as Written;
}

function thrownBy(body: () => unknown): unknown {
  try {
    return body();
  } catch (error) {
    return error;
  }
}

async function rejectionOf(promise: unknown): Promise<unknown> {
  try {
    return await promise;
  } catch (error) {
    return error;
  }
}
