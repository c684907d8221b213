import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { isPlainArray, isPlainObject, isThenable, isValidDate } from "../../src/support/realms.ts";

describe("isThenable", () => {
  it("tells promises of any kind from other values", () => {
    const values = [Promise.resolve(), { then() {} }, { then: 1 }, {}, null, undefined, "then", 7];

    expect(values.map(isThenable)).toEqual([true, true, ...Array(6).fill(false)]);
    expect(isThenable(runInNewContext("Promise.resolve()"))).toBe(true);
  });
});

describe("isValidDate", () => {
  it("tells Dates of any realm from other values", () => {
    const values = [new Date(0), runInNewContext("new Date(0)"), new Date(Number.NaN), 0, {}, null];

    expect(values.map(isValidDate)).toEqual([true, true, false, false, false, false]);
  });
});

describe("isPlainObject and isPlainArray", () => {
  it("tell what has no class of its own, in any realm", () => {
    const objects = [{}, Object.create(null), runInNewContext("({})"), [], new (class {})()];
    const arrays = [[], runInNewContext("[]"), {}, new (class extends Array {})()];

    expect(objects.map(isPlainObject)).toEqual([true, true, true, false, false]);
    expect(arrays.map(isPlainArray)).toEqual([true, true, false, false]);
  });
});
