import { beforeEach, describe, expect, it } from "vitest";
import { globalId } from "../../src/globalid/model-registry.ts";
import { globalIdSettings } from "../../src/globalid/settings.ts";
import { reference } from "../../src/globalid/reference.ts";
import { deserializeFromRuby, serializeForRuby } from "../../src/serialization/activejob-format.ts";
import { DeserializationError } from "../../src/serialization/deserialization-error.ts";
import { parseNumbers, stringifyNumbers } from "../../src/support/lossless-json.ts";
import { ruby } from "../../src/serialization/ruby.ts";
import {
  exactNumber,
  RubyDate,
  RubyDuration,
  RubyModule,
  RubySymbol,
} from "../../src/serialization/ruby-values.ts";
import { SerializationError } from "../../src/serialization/serialization-error.ts";

class User {
  constructor(readonly id?: string) {}
}

beforeEach(() => {
  globalIdSettings.appName = "app";
  globalId.register(User, { find: (id) => (id === "404" ? undefined : new User(id)) });
});

const S = "ActiveJob::Serializers::";

function written(...args: readonly unknown[]): unknown {
  const context = { className: "Example", parameterNames: ["first", "second"] };
  return JSON.parse(stringifyNumbers(serializeForRuby(args, context)));
}

function text(...args: readonly unknown[]): string {
  return stringifyNumbers(serializeForRuby(args, { className: "Example" }));
}

function refused(...args: readonly unknown[]): SerializationError {
  try {
    written(...args);
  } catch (error) {
    return error as SerializationError;
  }
  throw new Error("It was written");
}

function nested(depth: number): unknown {
  let value: unknown[] = [];
  for (let level = 1; level < depth; level++) value = [value];
  return value;
}

async function read(...json: readonly unknown[]): Promise<unknown[]> {
  return deserializeFromRuby(json);
}

describe("writing for Ruby", () => {
  it("takes an object at the end for keyword arguments, and others for hashes with strings for keys", () => {
    expect(written({ a: { b: 1 } }, { force: true, deep: { c: 2 } })).toEqual([
      { a: { b: 1, _aj_symbol_keys: [] }, _aj_symbol_keys: [] },
      {
        force: true,
        deep: { c: 2, _aj_symbol_keys: [] },
        _aj_ruby2_keywords: ["force", "deep"],
      },
    ]);
  });

  it("leaves out what is undefined at the end or a property; elsewhere it is nil", () => {
    expect(written(1, undefined, [undefined], { a: undefined, b: 1 }, undefined)).toEqual([
      1,
      null,
      [null],
      { b: 1, _aj_ruby2_keywords: ["b"] },
    ]);
  });

  it("writes records as their global ids, and takes none for keywords", () => {
    expect(written([new User("7")], reference<User>("User", 8))).toEqual([
      [{ _aj_globalid: "gid://app/User/7" }],
      { _aj_globalid: "gid://app/User/8" },
    ]);
  });

  it("writes what ruby makes as what it says", () => {
    const values = [
      ruby.float(1),
      ruby.float(-0),
      ruby.float(2.5),
      -0,
      2n ** 64n,
      ruby.symbol("x"),
      ruby.module("User"),
      ruby.bigDecimal("1.10"),
      ruby.date("2024-02-29"),
      ruby.range(1, 5, { excludeEnd: true }),
    ];

    expect(text(...values)).toBe(
      `[1.0,-0.0,2.5,-0.0,18446744073709551616,` +
        `{"_aj_serialized":"${S}SymbolSerializer","value":"x"},` +
        `{"_aj_serialized":"${S}ModuleSerializer","value":"User"},` +
        `{"_aj_serialized":"${S}BigDecimalSerializer","value":"1.10"},` +
        `{"_aj_serialized":"${S}DateSerializer","value":"2024-02-29"},` +
        `{"_aj_serialized":"${S}RangeSerializer","begin":1,"end":5,"exclude_end":true}]`,
    );
  });

  it("writes durations with their parts, as a Float where one is", () => {
    const symbol = (name: string): string =>
      `{"_aj_serialized":"${S}SymbolSerializer","value":"${name}"}`;

    expect(text(ruby.duration("5 minutes"), ruby.duration({ months: 1, hours: 1.5 }))).toBe(
      `[{"_aj_serialized":"${S}DurationSerializer","value":300,"parts":[[${symbol("minutes")},5]]},` +
        `{"_aj_serialized":"${S}DurationSerializer","value":2635146.0,` +
        `"parts":[[${symbol("months")},1],[${symbol("hours")},1.5]]}]`,
    );
  });

  it("writes a Date as a time in UTC, or in a zone", () => {
    const date = new Date("2024-07-01T12:00:00.5Z");

    expect(written(date, ruby.timeWithZone(date, "Europe/Paris"))).toEqual([
      { _aj_serialized: `${S}TimeSerializer`, value: "2024-07-01T12:00:00.500000000Z" },
      {
        _aj_serialized: `${S}TimeWithZoneSerializer`,
        value: "2024-07-01T12:00:00.500000000Z",
        time_zone: "Europe/Paris",
      },
    ]);
  });

  it("writes a hash's keys as it is told, at that level", () => {
    expect(
      written(
        ruby.hash({ a: { b: 1 } }, "symbols"),
        ruby.hash({ a: 1 }, "indifferent"),
        ruby.hash({ a: 1 }, "strings"),
      ),
    ).toEqual([
      { a: { b: 1, _aj_symbol_keys: [] }, _aj_symbol_keys: ["a"] },
      { a: 1, _aj_hash_with_indifferent_access: true },
      { a: 1, _aj_symbol_keys: [] },
    ]);
  });

  it("writes an object that occurs twice, twice", () => {
    const shared = [1];

    expect(written(shared, shared)).toEqual([[1], [1]]);
  });

  it("goes as deep as Ruby's parser, and no deeper", () => {
    expect(() => written(nested(96))).not.toThrow();
    expect(refused(nested(97)).message).toMatch(
      /^argument 1 \(first\) of Example, at (\[0\]){96}: what is nested deeper than 96 levels cannot be deferred to Ruby, whose parser stops there\. Pass it in a flatter shape$/,
    );
  });

  it.each<[string, unknown, string]>([
    [
      "NaN",
      [NaN],
      "[0]: NaN and the infinities cannot be deferred to Ruby. Pass null, or a string",
    ],
    [
      "a Map",
      { a: new Map() },
      ".a: an instance of Map cannot be deferred to Ruby. Pass its data as a plain object, " +
        "register its class with globalId.register where it is a record, or defer it in the native format",
    ],
    [
      "an instance without a class",
      { a: Object.create(Object.create(null)) },
      ".a: an instance of an unnamed class cannot be deferred to Ruby. Pass its data as a plain object, " +
        "register its class with globalId.register where it is a record, or defer it in the native format",
    ],
    ["a symbol", [Symbol("x")], "[0]: a symbol cannot be deferred to Ruby. Pass ruby.symbol(name)"],
    [
      "a function",
      [() => {}],
      "[0]: a function cannot be deferred to Ruby. Pass the data that the job works on",
    ],
    [
      "a promise",
      [Promise.resolve()],
      "[0]: a promise cannot be deferred to Ruby. Await it, and pass its result",
    ],
    [
      "an invalid date",
      [new Date(NaN)],
      "[0]: an invalid date cannot be deferred to Ruby. Pass a valid one, or undefined",
    ],
    [
      "half of a surrogate pair",
      ["\ud800"],
      "[0]: text with half of a surrogate pair cannot be deferred to Ruby, which would refuse the whole job. " +
        "Pass it without that",
    ],
    [
      "such a key",
      [{ "\udc00": 1 }],
      "[0]: text with half of a surrogate pair cannot be deferred to Ruby, which would refuse the whole job. " +
        "Pass it without that",
    ],
    [
      "a key of Active Job's",
      [{ _aj_globalid: "gid://app/User/1" }],
      "[0]._aj_globalid: a property named _aj_globalid cannot be deferred to Ruby, where Active Job uses it. Rename it",
    ],
    [
      "__proto__",
      [JSON.parse('{"__proto__":1}')],
      "[0].__proto__: a property named __proto__ cannot be deferred. Rename it, or remove it from the object",
    ],
    [
      "a record without an id",
      [new User()],
      "[0]: a record of User that has no id cannot be deferred. Save it first; or register the model " +
        'with an "idOf" that gives a string, a number, a bigint, or an array of them',
    ],
  ])("refuses %s, and says where", (_what, value, message) => {
    const error = refused(null, value);

    expect(error).toBeInstanceOf(SerializationError);
    expect(error.message).toBe(`argument 2 (second) of Example, at ${message}`);
  });

  it("refuses a circle", () => {
    const row: { self?: unknown } = {};
    row.self = [row];

    expect(refused(row).message).toBe(
      "argument 1 (first) of Example, at .self[0]: a reference back to what it stands in cannot be deferred to " +
        "Ruby. Pass it in a shape without circles",
    );
  });
});

describe("reading what Active Job wrote", () => {
  it("follows its order of markers, and drops all of them", async () => {
    const both = { a: 1, _aj_symbol_keys: ["a"], _aj_ruby2_keywords: ["a"] };

    const args = await read({ ...both, _aj_hash_with_indifferent_access: true }, both, { a: 1 });

    expect(args).toEqual([{ a: 1 }, { a: 1 }, { a: 1 }]);
    expect(written(...args, null)).toEqual([
      { a: 1, _aj_hash_with_indifferent_access: true },
      { a: 1, _aj_symbol_keys: ["a"] },
      { a: 1, _aj_symbol_keys: [] },
      null,
    ]);
  });

  it("remembers which keys are symbols while an object changes, but not for copies", async () => {
    const json = [
      { a: 1, b: 2, _aj_symbol_keys: ["a", "absent"] },
      { a: 1, _aj_symbol_keys: ["a"] },
    ];
    const [mixed, symbols] = (await read(...json)) as [
      Record<string, number>,
      Record<string, number>,
    ];
    mixed["c"] = 3;
    symbols["c"] = 3;

    expect(written(mixed, symbols, { ...symbols }, null)).toEqual([
      { a: 1, b: 2, c: 3, _aj_symbol_keys: ["a", "c"] },
      { a: 1, c: 3, _aj_symbol_keys: ["a", "c"] },
      { a: 1, c: 3, _aj_symbol_keys: [] },
      null,
    ]);
  });

  it("remembers a time's digits and zone until it is set", async () => {
    const json = {
      _aj_serialized: `${S}TimeSerializer`,
      value: "2024-02-29T12:34:56.789012345+02:30",
    };
    const [kept, changed] = (await read(json, json)) as [Date, Date];
    changed.setUTCFullYear(2025, 2, 1);

    expect(written(kept, changed)).toEqual([
      json,
      { _aj_serialized: `${S}TimeSerializer`, value: "2025-03-01T10:04:56.789000000Z" },
    ]);
  });

  it.each([
    ["2024-02-29T12:34:56Z", "2024-02-29T12:34:56.000Z"],
    ["2024-02-29T12:34:56.5-01:00", "2024-02-29T13:34:56.500Z"],
    ["12024-02-29T12:34:56.000000000Z", "+012024-02-29T12:34:56.000Z"],
    ["0050-01-01T00:00:00.000000000Z", "0050-01-01T00:00:00.000Z"],
    ["1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999Z"],
  ])("reads the time %s", async (value, iso) => {
    const [date] = (await read({ _aj_serialized: `${S}TimeSerializer`, value })) as [Date];

    expect(date.toISOString()).toBe(iso);
    expect(written(date)).toEqual([{ _aj_serialized: `${S}TimeSerializer`, value }]);
  });

  it("keeps Ruby's own values, if asked to", async () => {
    const json = `[{"_aj_serialized":"${S}SymbolSerializer","value":"x"},1.0,1.0e+25,7,
      {"_aj_serialized":"${S}DateSerializer","value":"2024-02-29"},
      {"_aj_serialized":"${S}ModuleSerializer","value":"User"},
      {"_aj_serialized":"${S}DurationSerializer","value":1.0,"parts":{"seconds":1.0}}]`;

    const args = await deserializeFromRuby(parseNumbers(json, exactNumber) as unknown[], {
      exact: true,
    });

    expect(args).toEqual([
      new RubySymbol("x"),
      ruby.float(1),
      exactNumber("1.0e+25"),
      7,
      new RubyDate("2024-02-29"),
      new RubyModule("User"),
      new RubyDuration(exactNumber("1.0") as never, { seconds: exactNumber("1.0") as never }),
    ]);
    expect(text(...args)).toContain('"x"},1.0,1.0e+25,7,');
  });

  it("reads a global id next to another key as a hash, as Ruby does", async () => {
    expect(await read({ _aj_globalid: "gid://app/User/1", other: 1 })).toEqual([
      { _aj_globalid: "gid://app/User/1", other: 1 },
    ]);
  });

  it("says which records are not there", async () => {
    await expect(read([{ _aj_globalid: "gid://app/User/404" }])).rejects.toMatchObject({
      name: "DeserializationError",
      missing: [expect.objectContaining({ id: "404" })],
    });
  });

  const symbol = { _aj_serialized: `${S}SymbolSerializer`, value: "seconds" };
  it.each<[string, unknown, string]>([
    [
      "an unknown serializer",
      { _aj_serialized: "Kernel" },
      ": there is an object of a serializer that is not known here",
    ],
    [
      "a serializer of the application's",
      { _aj_serialized: `${S}MoneySerializer` },
      ": there is an object of a serializer that is not known here",
    ],
    [
      "a serializer that is no text",
      { _aj_serialized: { a: 1 } },
      ": there is an object of a serializer that is not known here",
    ],
    ["a symbol without a name", { _aj_serialized: `${S}SymbolSerializer` }, ": there is no text"],
    [
      "a time that is none",
      { _aj_serialized: `${S}TimeSerializer`, value: "now" },
      ": there is no time in ISO 8601",
    ],
    [
      "a time no Date has",
      { _aj_serialized: `${S}TimeSerializer`, value: "999999-01-01T00:00:00Z" },
      ": there is no time in ISO 8601",
    ],
    [
      "a duration without parts",
      { _aj_serialized: `${S}DurationSerializer`, value: 1 },
      ".parts: there is no list",
    ],
    [
      "a duration without a value",
      { _aj_serialized: `${S}DurationSerializer`, parts: [[symbol, 1]] },
      ": there is no number",
    ],
    [
      "a part without a number",
      { _aj_serialized: `${S}DurationSerializer`, value: 1, parts: [[symbol, "x"]] },
      ".parts: there is no number",
    ],
    [
      "a part that is no pair",
      { _aj_serialized: `${S}DurationSerializer`, value: 1, parts: [1] },
      ".parts: there is no text",
    ],
    ["a marker that is no list", { _aj_symbol_keys: "a" }, "._aj_symbol_keys: there is no list"],
    [
      "a marker with other than text",
      { _aj_symbol_keys: [1] },
      "._aj_symbol_keys[0]: there is no text",
    ],
    ["a global id that is none", { _aj_globalid: "gid://app/User" }, ": there is no global id"],
    ["a global id that is no text", { _aj_globalid: 1 }, ": there is no global id"],
    [
      "__proto__",
      JSON.parse('{"a":{"__proto__":{"isAdmin":true}}}'),
      ".a.__proto__: a property of that name can only be there to do harm. Delete the job",
    ],
  ])("refuses %s, and says where", async (_what, json, message) => {
    const error: unknown = await read(null, { deep: [json] }).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(DeserializationError);
    expect((error as Error).message).toBe(`Cannot read args[0].arguments[1].deep[0]${message}`);
  });

  it("refuses what is nested deeper than Ruby writes", async () => {
    await expect(read(nested(96))).resolves.toHaveLength(1);
    await expect(read(nested(97))).rejects.toThrow(
      "Cannot read args[0].arguments: it is nested deeper than 96 levels, as Ruby writes none",
    );
    await expect(read(nested(100_000))).rejects.toThrow(DeserializationError);
  });
});

describe("Ruby's values in the native format", () => {
  it("are printed, compared and calculated with as what they stand for", () => {
    const price = ruby.bigDecimal("1.10");

    expect(String(price)).toBe("1.10");
    expect(JSON.stringify([price, ruby.symbol("x"), ruby.float(1)])).toBe('["1.10","x",1]');
    expect(Number(price) * 2).toBe(2.2);
    expect(ruby.duration("2 hours") + 1).toBe(7201);
  });
});
