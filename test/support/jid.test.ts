import { describe, expect, it } from "vitest";
import { isJid, newJid } from "../../src/support/jid.ts";

describe("newJid", () => {
  it("makes 24 lowercase hex digits, never the same ones", () => {
    const jids = Array.from({ length: 10_000 }, newJid);

    expect(jids.filter((jid) => !/^[0-9a-f]{24}$/.test(jid))).toEqual([]);
    expect(new Set(jids).size).toBe(10_000);
  });

  it("uses every digit at every place", () => {
    const jids = Array.from({ length: 2000 }, newJid);

    const digitsByPlace = Array.from(
      { length: 24 },
      (_, place) => new Set(jids.map((jid) => jid[place])),
    );

    expect(digitsByPlace.map((digits) => digits.size)).toEqual(
      Array.from({ length: 24 }, () => 16),
    );
  });
});

describe("isJid", () => {
  it("knows what newJid makes", () => {
    expect(isJid(newJid())).toBe(true);
  });

  it.each([
    "",
    "b4a577edbccf1d805744efa",
    "b4a577edbccf1d805744efa90",
    "B4A577EDBCCF1D805744EFA9",
    "b4a577edbccf1d805744efa9\n",
    "g4a577edbccf1d805744efa9",
    42,
    undefined,
    null,
    { toString: () => "b4a577edbccf1d805744efa9" },
  ])("refuses %j", (value) => {
    expect(isJid(value)).toBe(false);
  });
});
