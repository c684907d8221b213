import { describe, expect, it } from "vitest";
import { declarationSignature, isFitting } from "../../../src/job/declare/declaration-signature.ts";

function signature(names: readonly string[], { isDoubtful = false } = {}): string | undefined {
  return declarationSignature({ count: names.length, names, isDoubtful });
}

describe("declarationSignature", () => {
  it("is short: a digit, and two characters for each of up to six names", () => {
    expect(signature(["order"])).toMatch(/^1[\w-]{2}$/);
    expect(signature(["order", "locale"], { isDoubtful: true })).toMatch(/^2[\w-]{4}~$/);
    expect(declarationSignature({ count: undefined, names: ["files"], isDoubtful: false })).toMatch(
      /^\*[\w-]{2}$/,
    );
    expect(signature("abcdefgh".split(""))).toMatch(/^8[\w-]{12}$/);
  });

  it("is none without names", () => {
    expect(signature([])).toBeUndefined();
  });
});

describe("isFitting", () => {
  const order = signature(["order"]);

  it.each([
    ["the same", order, order],
    ["one that says nothing", undefined, order],
    ["any, where the class says nothing", order, undefined],
    ["one with an argument more", signature(["order", "locale"]), order],
    ["one with an argument less", order, signature(["order", "locale"])],
    ["one whose argument was renamed", signature(["purchase"]), order],
    ["one of a later version", "!later", order],
    ["what is no text", 7, order],
    ["any number", signature(["purchase", "locale"]), declarationSignature({ count: undefined, names: ["files"], isDoubtful: false })], // prettier-ignore
    ["a doubtful one with a name in common", signature(["order", "x"], { isDoubtful: true }), order], // prettier-ignore
  ])("takes %s", (_what, recorded, declared) => {
    expect(isFitting(recorded, declared)).toBe(true);
  });

  it.each([
    ["nothing in common, and another number", signature(["account", "reason"]), order],
    ["nothing in common, where the record's name is doubtful", signature(["account"], { isDoubtful: true }), order], // prettier-ignore
    ["nothing in common, where the class's name is doubtful", order, signature(["account"], { isDoubtful: true })], // prettier-ignore
  ])("refuses one with %s", (_what, recorded, declared) => {
    expect(isFitting(recorded, declared)).toBe(false);
  });
});
