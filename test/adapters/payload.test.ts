import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { appendField, editPayload, fieldText, JsonText } from "../../src/adapters/payload.ts";

describe("editPayload", () => {
  it("cuts a field out and writes it anew at the end", () => {
    expect(editPayload('{"a":1,"b":2,"c":3}', { b: "x" })).toBe('{"a":1,"c":3,"b":"x"}');
  });

  it("keeps all other fields byte for byte", () => {
    const payload = '{ "big" : 9007199254740993, "float":1.0 ,"text":"\\u00e9\\/" , "b":2 }';

    expect(editPayload(payload, { b: undefined })).toBe(
      '{"big" : 9007199254740993,"float":1.0 ,"text":"\\u00e9\\/" }',
    );
  });

  it("adds fields to an empty object, and removes the last one", () => {
    expect(editPayload("{}", { a: [1] })).toBe('{"a":[1]}');
    expect(editPayload('{"a":1}', { a: undefined })).toBe("{}");
  });

  it("takes a value that is JSON already as it is", () => {
    expect(editPayload('{"a":1}', { a: new JsonText("[1.0]") })).toBe('{"a":[1.0]}');
  });

  it("removes every field of a name that is there twice", () => {
    expect(editPayload('{"a":1,"b":2,"a":3}', { a: undefined })).toBe('{"b":2}');
  });

  it("reads names as JSON does, escapes and all", () => {
    expect(editPayload('{"\\u0061":1,"b":2}', { a: 3 })).toBe('{"b":2,"a":3}');
  });

  it("is not misled by braces, commas and quotes in values", () => {
    const payload = '{"a":"},\\"b\\":{[","b":{"b":[{"b":"]"}]},"c":3}';

    expect(editPayload(payload, { b: 0 })).toBe('{"a":"},\\"b\\":{[","c":3,"b":0}');
  });

  it("treats __proto__ as a name like others", () => {
    const edited = editPayload('{"__proto__":{"x":1},"a":1}', { a: 2 });

    expect(edited).toBe('{"__proto__":{"x":1},"a":2}');
    expect({}).not.toHaveProperty("x");
  });

  it.each([
    ["", "Expected the JSON text of an object"],
    ["[1]", "Expected the JSON text of an object"],
    ['{"a"', 'Expected ":" at position 4 of the JSON text of an object'],
    ['{"a" 1}', 'Expected ":" at position 5 of the JSON text of an object'],
    ['{"a":1', "Unterminated value at position 5"],
    ['{"a', "Unterminated string at position 1"],
    ['{"a":"b', "Unterminated string at position 5"],
    ['{"a":1} x', "Expected nothing after position 6 of the JSON text of an object"],
    ["{a:1}", 'Expected "}" at position 1 of the JSON text of an object'],
  ])("refuses %j", (payload, message) => {
    expect(() => editPayload(payload, { a: 1 })).toThrow(new SyntaxError(message));
  });

  it("changes what it is told and nothing else, in any object", () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue());

    fc.assert(
      fc.property(object, object, fc.constantFrom(0, 1, 2), (before, changes, indent) => {
        const edited = editPayload(JSON.stringify(before, null, indent), changes);

        const expected = {
          ...JSON.parse(JSON.stringify(before)),
          ...JSON.parse(JSON.stringify(changes)),
        };
        expect(JSON.parse(edited)).toEqual(expected);
      }),
    );
  });
});

describe("fieldText", () => {
  it("is the value's text", () => {
    expect(fieldText('{"a":1.0,"b":[1, 2]}', "a")).toBe("1.0");
    expect(fieldText('{"a":1.0,"b":[1, 2]}', "b")).toBe("[1, 2]");
  });

  it("is that of the last, as for every parser", () => {
    expect(fieldText('{"a":1,"a":2}', "a")).toBe("2");
  });

  it("is undefined where there is none, or only further inside", () => {
    expect(fieldText('{"b":{"a":1}}', "a")).toBeUndefined();
  });

  it("refuses what is no object's text", () => {
    expect(() => fieldText("oops", "a")).toThrow(SyntaxError);
  });
});

describe("appendField", () => {
  it("writes the field at the end", () => {
    expect(appendField('{"a":1}', "n", "2.5")).toBe('{"a":1,"n":2.5}');
  });

  it("needs no comma in an empty object", () => {
    expect(appendField("{}", "n", "2.5")).toBe('{"n":2.5}');
    expect(appendField("{ \n}", "n", "2.5")).toBe('{ \n"n":2.5}');
  });

  it("replaces the field that is last already", () => {
    expect(appendField('{"a":1,"n":1795298407.123}', "n", "2.5")).toBe('{"a":1,"n":2.5}');
    expect(appendField('{"a":1,"n":1.5e+21}', "n", "2.5")).toBe('{"a":1,"n":2.5}');
  });

  it("leaves one further in front, which the last outweighs", () => {
    const appended = appendField('{"n":1,"a":1}', "n", "2.5");

    expect(appended).toBe('{"n":1,"a":1,"n":2.5}');
    expect(JSON.parse(appended)).toEqual({ a: 1, n: 2.5 });
  });

  it.each(['{"a":{"b":1,"n":5}}', '{"a":"x","n":"5"}', '{"a":"\\",\\"n\\":5"}', '{"a":1,"nn":5}'])(
    "is not misled by %s",
    (payload) => {
      const appended = appendField(payload, "n", "2.5");

      expect(appended).toBe(`${payload.slice(0, -1)},"n":2.5}`);
      expect(JSON.parse(appended)).toEqual({ ...JSON.parse(payload), n: 2.5 });
    },
  );

  it.each(["", "oops", "[1]", '"{}"', ' {"a":1}', '{"a":1} ', '{"a":1}]', "1.0", "null"])(
    "leaves %j alone",
    (payload) => {
      expect(appendField(payload, "n", "2.5")).toBe(payload);
    },
  );

  it("can be repeated without growth, on any object", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }),
        fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
        (object, value) => {
          const json = JSON.stringify(value);
          const once = appendField(JSON.stringify(object), "enqueued_at", "1.5");

          const twice = appendField(once, "enqueued_at", json);

          expect(JSON.parse(twice)).toEqual({
            ...JSON.parse(JSON.stringify(object)),
            enqueued_at: JSON.parse(json),
          });
          expect(appendField(twice, "enqueued_at", "1.5")).toBe(once);
        },
      ),
    );
  });
});
