import { randomBytes } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { isOwnJid, isUsualJid, newJid } from "../../src/support/jid.ts";

describe("newJid", () => {
  it("makes 24 lowercase hex digits, never the same ones", () => {
    const jids = Array.from({ length: 10_000 }, newJid);

    expect(jids.filter((jid) => !/^[0-9a-f]{24}$/.test(jid))).toEqual([]);
    expect(new Set(jids).size).toBe(10_000);
  });

  it("uses every digit at every place, after the time", () => {
    const jids = Array.from({ length: 2000 }, newJid);

    const digitsByPlace = Array.from(
      { length: 20 },
      (_, place) => new Set(jids.map((jid) => jid[4 + place])),
    );

    expect(digitsByPlace.map((digits) => digits.size)).toEqual(
      Array.from({ length: 20 }, () => 16),
    );
  });

  it("begins with the time, so that jobs of one time are near each other in an index", () => {
    vi.useFakeTimers({ now: 0x1_2345_6789 });
    const made = Array.from({ length: 64 }, newJid);

    const jids = Array.from({ length: 64 }, newJid);

    expect(made).toHaveLength(64);
    expect(new Set(jids.map((jid) => jid.slice(0, 4)))).toEqual(new Set(["6789"]));
    vi.useRealTimers();
  });
});

describe("isUsualJid", () => {
  it("is true of those of Sidekiq and of this library", () => {
    expect([newJid(), "0123456789abcdef01234567"].map(isUsualJid)).toEqual([true, true]);
    expect(["order-5", "", "0123456789ABCDEF01234567"].map(isUsualJid)).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe("isOwnJid", () => {
  it("knows what newJid made, and nothing else", () => {
    const jids = Array.from({ length: 1000 }, newJid);
    const rubys = Array.from({ length: 1000 }, () => randomBytes(12).toString("hex"));

    expect(jids.filter((jid) => !isOwnJid(jid))).toEqual([]);
    expect(rubys.filter(isOwnJid).length).toBeLessThan(5);
  });

  it.each(["", "my-own-id", "zz0000000000000000000000", "0".repeat(24), "0".repeat(48)])(
    "does not know %j",
    (jid) => {
      expect(isOwnJid(jid)).toBe(false);
    },
  );
});
