import { runInThisContext } from "node:vm";
import { transformSync } from "esbuild";
import { describe, expect, it } from "vitest";
import { isBuiltName, isDoubtfulName, type NamedClass } from "../../src/support/built-name.ts";

/** A class as a build would leave it: its source is this text. */
function built(declaration: string, name: string): NamedClass {
  return runInThisContext(
    `(() => { class Base {}\n${declaration}\nreturn ${name}; })()`,
  ) as NamedClass;
}

describe("isBuiltName", () => {
  it.each([
    ["esbuild, minified", "var pp=class extends Base{call(){return 1}};", "pp"],
    ["terser", "class e extends Base{call(){return 1}}", "e"],
    ["a large bundle, minified", "var aXe=class extends Base{call(){}};", "aXe"],
    ["a large bundle, minified", "class Qe4 extends Base{call(){}}", "Qe4"],
    ["identifiers alone minified", "var i = class extends Base {\n  call() {}\n};", "i"],
    ["an empty class, minified", "var X=class extends Base{};", "X"],
    ["esbuild, of two Places", "var Place2 = class extends Base {\n  call() {}\n};", "Place2"],
    ["esbuild, of itself", "var P = class _Place extends Base {\n  call() {}\n};", "P"],
    ["Rollup, of two Places", "class Place$1 extends Base {\n  call() {}\n}", "Place$1"],
    ["webpack, of two Places", "class orders_Place extends Base {\n  call() {}\n}", "orders_Place"],
  ])("sees a name made by %s", (_by, declaration, name) => {
    expect(isBuiltName(built(declaration, name))).toBe(true);
  });

  it.each([
    ["a word", "class SendReceipt extends Base {\n  call() {}\n}", "SendReceipt"],
    ["a word, minified with names kept", "class SendReceipt extends Base{call(){}}", "SendReceipt"],
    ["a letter in a test", "class A extends Base {\n  call() {}\n}", "A"],
    ["a letter on one line", "class B extends Base { call() {} }", "B"],
    ["an empty class", "class Ok extends Base {}", "Ok"],
    ["three letters, minified", "class Pay extends Base{call(){}}", "Pay"],
    ["a version", "class ImportV2 extends Base {\n  call() {}\n}", "ImportV2"],
    ["a bundled word", "var Refund = class extends Base {\n  call() {}\n};", "Refund"],
  ])("takes %s for a person's", (_what, declaration, name) => {
    expect(isBuiltName(built(declaration, name))).toBe(false);
  });

  it.each(["Ok", "V1", "pay", "Place2", "_Place"])(
    "believes the name %s where the build keeps names",
    (name) => {
      const { code } = transformSync(`class ${name} extends Base { call() {} }`, {
        keepNames: true,
        minify: true,
      });

      expect(isBuiltName(built(code, name))).toBe(false);
    },
  );
});

describe("isDoubtfulName", () => {
  it.each([
    ["class Place2 extends Base {\n  call() {}\n}", "Place2", true],
    ["class Pay extends Base{call(){}}", "Pay", true],
    ["class Pay extends Base {\n  call() {}\n}", "Pay", false],
    ["class SendReceipt extends Base{call(){}}", "SendReceipt", false],
    ['class V1 extends Base{static{Object.is(this,"V1")}call(){}}', "V1", false],
  ])("judges %s", (declaration, name, expected) => {
    expect(isDoubtfulName(built(declaration, name))).toBe(expected);
  });
});
