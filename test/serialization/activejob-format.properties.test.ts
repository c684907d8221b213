import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { globalId } from "../../src/globalid/model-registry.ts";
import { deserializeFromRuby, serializeForRuby } from "../../src/serialization/activejob-format.ts";
import { DeserializationError } from "../../src/serialization/deserialization-error.ts";
import { parseNumbers, stringifyNumbers } from "../../src/support/lossless-json.ts";
import { exactNumber } from "../../src/serialization/ruby-values.ts";
import { SerializationError } from "../../src/serialization/serialization-error.ts";

// Seconds on an idle machine, but not on a busy one.
const timeout = 60_000;

class User {
  constructor(readonly id?: string) {}
}
globalId.register(User, { find: (id) => new User(id) });

const S = "ActiveJob::Serializers::";
const serialized = (name: string, content: object): object => ({
  _aj_serialized: `${S}${name}Serializer`,
  ...content,
});

/** What Active Job writes for nested arguments, as its text. Numbers stand in strings, marked, until then. */
const text = fc.string({ unit: "grapheme" });
const integer = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.bigInt()).map((n) => `#${n}#`);
const float = fc
  .oneof(
    fc.integer().map((n) => `${n}.0`),
    fc.constantFrom("-0.0", "1.0e+25", "1.0e-07", "0.1"),
  )
  .map((n) => `#${n}#`);
const key = text.filter((name) => name !== "__proto__" && !name.startsWith("_aj_"));
const time = fc
  .date({ noInvalidDate: true, min: new Date("0000-01-01"), max: new Date("9999-12-31") })
  .map((date) => date.toISOString().replace("Z", "012345+02:00"));

const { value: argument } = fc.letrec<{ value: unknown; hash: object; keywords: object }>(
  (tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, true, false),
      text.filter((name) => !/^#.*#$/.test(name)),
      integer,
      float,
      text.map((value) => serialized("Symbol", { value })),
      text.map((value) => serialized("Module", { value })),
      fc.constant(serialized("Date", { value: "2024-02-29" })),
      time.map((value) => serialized("Time", { value })),
      time.map((value) => serialized("DateTime", { value })),
      time.map((value) => serialized("TimeWithZone", { value, time_zone: "Europe/Paris" })),
      fc.constant(serialized("BigDecimal", { value: "0.11e1" })),
      float.map((value) =>
        serialized("Duration", {
          value,
          parts: [[serialized("Symbol", { value: "hours" }), value]],
        }),
      ),
      fc.nat().map((id) => ({ _aj_globalid: `gid://app/User/${id}` })),
      fc
        .tuple(tie("value"), tie("value"), fc.boolean())
        .map(([begin, end, exclude]) => serialized("Range", { begin, end, exclude_end: exclude })),
      fc.array(tie("value"), { maxLength: 4 }),
      tie("hash"),
    ),
    hash: fc
      .tuple(fc.dictionary(key, tie("value"), { maxKeys: 4 }), fc.integer({ min: 0, max: 3 }))
      .map(([row, kind]) => {
        const keys = Object.keys(row);
        if (kind === 3) return { ...row, _aj_hash_with_indifferent_access: true };
        return { ...row, _aj_symbol_keys: kind === 0 ? [] : kind === 1 ? keys : keys.slice(0, 1) };
      }),
    keywords: fc
      .dictionary(key, tie("value"), { minKeys: 1, maxKeys: 4 })
      .map((row) => ({ ...row, _aj_ruby2_keywords: Object.keys(row) })),
  }),
);

const argumentsText = fc
  .array(argument, { maxLength: 4 })
  .map((args) => JSON.stringify(args).replaceAll(/"#([^"#]+)#"/g, "$1"));

/** Anything that JSON can have, and a good part of it with Active Job's own names. */
const names = fc.oneof(
  fc.string(),
  fc.constantFrom(
    "__proto__",
    "constructor",
    "_aj_globalid",
    "_aj_serialized",
    "_aj_symbol_keys",
    "_aj_ruby2_keywords",
    "_aj_hash_with_indifferent_access",
    "value",
    "parts",
    "begin",
    "end",
    "time_zone",
  ),
);
const { hostile } = fc.letrec((tie) => ({
  hostile: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(
      null,
      true,
      1,
      "x",
      "gid://app/User/1",
      "Kernel",
      `${S}SymbolSerializer`,
      `${S}TimeSerializer`,
      `${S}DurationSerializer`,
      `${S}RangeSerializer`,
      `${S}ModuleSerializer`,
      "constructor",
    ),
    fc.array(tie("hostile"), { maxLength: 3 }),
    fc.array(fc.tuple(names, tie("hostile")), { maxLength: 4 }).map((entries) => {
      const json = entries.map(
        ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
      );
      return JSON.parse(`{${json.join()}}`) as unknown;
    }),
  ),
}));

describe("what Active Job wrote", () => {
  it("is the same text when it was read and written again", { timeout }, async () => {
    await fc.assert(
      fc.asyncProperty(argumentsText, async (json) => {
        const args = await deserializeFromRuby(parseNumbers(json, exactNumber) as unknown[], {
          exact: true,
        });

        expect(stringifyNumbers(serializeForRuby(args, { className: "Example" }))).toBe(json);
      }),
      { numRuns: 500 },
    );
  });

  it(
    "is the same to TypeScript when it was read, written for Ruby and read again",
    { timeout },
    async () => {
      await fc.assert(
        fc.asyncProperty(argumentsText, async (json) => {
          const args = await deserializeFromRuby(parseNumbers(json, Number) as unknown[]);

          const written = stringifyNumbers(
            serializeForRuby([...args, null], { className: "Example" }),
          );

          const again = await deserializeFromRuby(parseNumbers(written, Number) as unknown[]);
          expect(again).toEqual([...args, null]);
        }),
        { numRuns: 300 },
      );
    },
  );

  it("is read, or refused with a path, whatever it is", { timeout }, async () => {
    const before = Object.getOwnPropertyNames(Object.prototype);

    await fc.assert(
      fc.asyncProperty(fc.array(hostile, { maxLength: 3 }), async (json) => {
        const thrown = await thrownBy(json);

        const isKnown =
          thrown instanceof DeserializationError || thrown instanceof SerializationError;
        expect(thrown === undefined || (isKnown && thrown.path !== undefined)).toBe(true);
      }),
      { numRuns: 1_000 },
    );

    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
  });
});

async function thrownBy(json: readonly unknown[]): Promise<unknown> {
  try {
    serializeForRuby(await deserializeFromRuby(json), { className: "Example" });
    return undefined;
  } catch (error) {
    return error;
  }
}
