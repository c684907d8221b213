import { describe, expect, it } from "vitest";
import {
  readFlag,
  readInteger,
  readList,
  readScored,
  readText,
  readTexts,
  readValues,
} from "../../../../src/adapters/redis/connection/read-reply.ts";
import { AdapterError } from "../../../../src/adapters/adapter-error.ts";

describe("reading a reply", () => {
  it("takes what is as it should be", () => {
    expect(readInteger(3)).toBe(3);
    expect([readFlag(1), readFlag(0)]).toEqual([true, false]);
    expect(readText("a")).toBe("a");
    expect(readList(["a", 1, null])).toEqual(["a", 1, null]);
    expect(readTexts(["a", "b"])).toEqual(["a", "b"]);
    expect(readValues(["a", null])).toEqual(["a", null]);
    expect(readScored(["a", "1.5", "b", "inf", "c", "-inf"])).toEqual([
      { member: "a", score: "1.5", at: 1.5 },
      { member: "b", score: "inf", at: Infinity },
      { member: "c", score: "-inf", at: -Infinity },
    ]);
  });

  it.each([
    ["an integer, found a list", () => readInteger(["secret"])],
    ["an integer, found string", () => readFlag("secret")],
    ["a text, found null", () => readText(null)],
    ["a list, found string", () => readList("secret")],
    ["a list of texts, found number", () => readTexts(["secret", 1])],
    ["a list of values, found a list", () => readValues(["secret", null, ["secret"]])],
    ["a list, found undefined", () => readScored(undefined)],
  ])("says what it expected, and never what it found: %s", (what, read) => {
    const expected = new AdapterError(
      `Cannot read what Redis answered: expected ${what}. Check which server answers here, and what stands in between`,
      { maybeAccepted: true },
    );

    expect(read).toThrow(expected);
  });
});
