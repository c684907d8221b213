import { runInThisContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { returnedProperties } from "../../src/command/returned-properties.ts";

describe("returnedProperties", () => {
  it.each([
    ["(a, b) => ({ a, b })", ["a", "b"]],
    ["e=>({order:e})", ["order"]],
    ["(a) => { if (!a) { throw 1; } return { a }; }", ["a"]],
    ["(a) => { if (a) return { a }; else return { b: 1 }; }", ["a", "b"]],
    ["(a) => { try { return { a }; } catch { return { c: 1 }; } }", ["a", "c"]],
    ["(a) => { switch (a) { case 1: return { a }; } return { a, d: 1 }; }", ["a", "d"]],
    ["a=>(f(a),{a})", ["a"]],
    ["a=>a?{a}:{b:1}", ["a", "b"]],
    ['function (a) { return { "x-y": a, 2: a, [a]: a }; }', ["x-y", "2"]],
    ["(a) => ({ ...a, b: 1 })", ["b"]],
    ["(a) => { const f = () => { return { no: 1 }; }; return { f }; }", ["f"]],
    ["(a) => a", []],
    ["(a) => { return; }", []],
  ])("reads %s", (source, expected) => {
    const callable = runInThisContext(`(${source})`) as () => unknown;

    expect(returnedProperties(callable)).toEqual(expected);
  });

  it("knows none of a bound function", () => {
    expect(returnedProperties((() => ({ a: 1 })).bind(undefined))).toEqual([]);
  });
});
