import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { globalId } from "../../src/globalid/model-registry.ts";
import { copyItems, isPlainJson, pathToProto } from "../../src/serialization/plain-json.ts";

describe("isPlainJson", () => {
  it("takes what JSON has", () => {
    const values = [null, true, 0, -1.5, "", "gid://app/User/1", [], {}, [[1], { a: { b: [2] } }]];

    expect(isPlainJson(values)).toBe(true);
    expect(isPlainJson([Array.from({ length: 100 }, (_, id) => ({ id, tags: [] }))])).toBe(true);
    expect(isPlainJson([runInNewContext("({ a: [{}] })")])).toBe(true);
    expect(isPlainJson([Object.create(null)])).toBe(true);
  });

  it.each([
    ["undefined", undefined],
    ["NaN", Number.NaN],
    ["-0", -0],
    ["a bigint", 1n],
    ["a function", () => {}],
    ["a symbol", Symbol("s")],
    ["a Date", new Date()],
    ["a Map", new Map()],
    ["a class instance", new (class {})()],
    ["a class called Object", new (class Object {})()],
    ["an instance of a subclass of Array", new (class extends Array {})()],
    ["a hole", Object.assign([], { length: 1 })],
    ["an own __proto__", JSON.parse('{"__proto__":{}}')],
  ])("does not take %s, at any depth", (_, value) => {
    expect(isPlainJson([value])).toBe(false);
    expect(isPlainJson([1, { a: [value] }])).toBe(false);
  });

  it("does not take an object that occurs twice, however many others there are", () => {
    const shared = {};
    const others = Array.from({ length: 100 }, () => ({}));
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;

    expect(isPlainJson([shared, shared])).toBe(false);
    expect(isPlainJson([shared, others, { shared }])).toBe(false);
    expect(isPlainJson([others, shared, [shared]])).toBe(false);
    expect(isPlainJson([cycle])).toBe(false);
  });

  it("does not take a plain row of a registered model", () => {
    expect(isPlainJson([{ invoiceNumber: 1 }])).toBe(true);

    globalId.register("Invoice", { find: () => undefined, is: (row) => "invoiceNumber" in row });

    expect(isPlainJson([{ invoiceNumber: 1 }])).toBe(false);
    expect(isPlainJson([{ invoice: { invoiceNumber: 1 } }])).toBe(false);
    expect(isPlainJson([{ receiptNumber: 1 }])).toBe(true);
  });
});

describe("pathToProto", () => {
  it.each([
    ['{"__proto__":1}', ".__proto__"],
    ['[{"a":1},{"b-c":[0,{"__proto__":{}}]}]', '[1]["b-c"][1].__proto__'],
    ['{"constructor":{"prototype":{"__proto__":null}}}', ".constructor.prototype.__proto__"],
    ['{"\\u005f_proto__":1}', ".__proto__"],
  ])("finds it in %s", (text, path) => {
    expect(pathToProto(JSON.parse(text))).toBe(path);
  });

  it.each(["1", "null", '"__proto__"', '["__proto__"]', '{"constructor":{"prototype":1}}'])(
    "finds none in %s",
    (text) => {
      expect(pathToProto(JSON.parse(text))).toBeUndefined();
    },
  );
});

describe("copyItems", () => {
  it("copies all that can change, as a round trip through text does", () => {
    const value = [1, null, { b: ["x", { c: true }], a: Object.create(null) as object }, []];
    const text = JSON.stringify(value);

    const copied = [...value];
    copyItems(copied);
    (value[2] as { b: unknown[] }).b.push("later");

    expect(JSON.stringify(copied)).toBe(text);
  });
});
