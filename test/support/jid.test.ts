import { describe, expect, it } from "vitest";
import { newJid } from "../../src/support/jid.ts";

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
