import { runInThisContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { isSameSource } from "../../src/support/same-source.ts";

const evaluate = (source: string): Function => runInThisContext(`(${source})`) as Function;

describe("isSameSource", () => {
  it.each([
    ["class e{call(){return this.x+t}}", "class r{call(){return this.x+n}}"],
    ["class Place { call() { return 1; } }", "class Place {\n  call() {\n    return 1;\n  }\n}"],
    ["class { at = a?.b }", "class { at = c?.b }"],
  ])("sees through what a minifier does: %s, %s", (one, other) => {
    expect(isSameSource(evaluate(one), evaluate(other))).toBe(true);
  });

  it.each([
    ["class e{call(){return this.x}}", "class e{call(){return this.y}}"],
    ["class e{call(){return 1}}", "class e{call(){return 2}}"],
    ['class e{call(){return "a"}}', 'class e{call(){return "b"}}'],
    ["class e{call(){}}", "class e{async call(){}}"],
  ])("tells %s from %s", (one, other) => {
    expect(isSameSource(evaluate(one), evaluate(other))).toBe(false);
  });
});
