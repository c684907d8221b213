import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  mayHaveLargeIntegers,
  NumberText,
  parseNumbers,
  plainNumber,
  stringifyNumbers,
} from "../../src/support/lossless-json.ts";

describe("parseNumbers", () => {
  it("hands over those numbers that JavaScript would print in another way", () => {
    const seen: string[] = [];

    const value = parseNumbers(
      '{"1.0":[1, 1.0,-0.0,1e25,1.0e-07,18446744073709551616,3.5,"1.0","a\\\\",2.0,"\\"3.0"]}',
      (text) => {
        seen.push(text);
        return text.length;
      },
    );

    expect(seen).toEqual(["1.0", "-0.0", "1e25", "1.0e-07", "18446744073709551616", "2.0"]);
    expect(value).toEqual({ "1.0": [1, 3, 4, 4, 7, 20, 3.5, "1.0", "a\\", 3, '"3.0'] });
  });

  it("reads all JSON as JSON.parse does, and stringifyNumbers writes its numbers as they were", () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: "grapheme" }), (json) => {
        const text = json.replace(/\d\b(?=[,\]])/, (digit) => `${digit}.0`);
        fc.pre(isJson(text));

        const kept = parseNumbers(text, (number) => new NumberText(number));

        expect(JSON.parse(stringifyNumbers(kept))).toEqual(JSON.parse(text));
        expect(parseNumbers(text, Number)).toEqual(JSON.parse(text));
      }),
    );
  });

  it("takes long texts with many escapes", () => {
    const text = JSON.stringify(["\\".repeat(100_000), '"'.repeat(100_000)]);

    expect(parseNumbers(text, Number)).toEqual(JSON.parse(text));
  });
});

describe("plainNumber", () => {
  it.each<[string, number | bigint]>([
    ["9007199254740991", 9007199254740991],
    ["9007199254740992", 9007199254740992n],
    ["-18446744073709551616", -18446744073709551616n],
    ["1.0", 1],
    ["1e25", 1e25],
    ["9007199254740993.0", 9007199254740992],
  ])("%s is %s", (text, number) => {
    expect(plainNumber(text)).toBe(number);
  });
});

describe("mayHaveLargeIntegers", () => {
  it.each([
    "9007199254740993",
    "[9007199254740993]",
    "[1,-9007199254740993]",
    "[1,\t9007199254740993]",
    '{"id":9007199254740993}',
    '{"id": 9007199254740993}',
    '["of a text: 9007199254740993"]',
  ])("sees those that a number cannot hold, and may see others: %s", (text) => {
    expect(mayHaveLargeIntegers(text)).toBe(true);
  });

  it.each([
    '{"created_at":1795298214.941}',
    '{"jid":"000000000000000000000001"}',
    "[0.1234567890123456]",
  ])("sees none in %s", (text) => {
    expect(mayHaveLargeIntegers(text)).toBe(false);
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
