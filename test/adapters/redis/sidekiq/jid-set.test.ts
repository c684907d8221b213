import { describe, expect, it } from "vitest";
import { JidSet } from "../../../../src/adapters/redis/sidekiq/jid-set.ts";
import { newJid } from "../../../../src/support/jid.ts";

describe("JidSet", () => {
  it("knows what was added, and what was not", () => {
    const added = Array.from({ length: 10_000 }, newJid);
    const others = Array.from({ length: 10_000 }, newJid);
    const set = new JidSet(1);

    for (const jid of [...added, ...added]) {
      set.add(jid);
    }

    expect(added.filter((jid) => set.isKnownToLack(jid))).toEqual([]);
    expect(others.filter((jid) => !set.isKnownToLack(jid))).toEqual([]);
  });

  it("keeps one part of several, and says nothing of the others", () => {
    const jids = Array.from({ length: 1_000 }, (_, at) => `job ${at}`);
    const lacking = [0, 0.3, 0.6, 0.9].map((chance) => {
      const set = new JidSet(4, () => chance);
      return jids.filter((jid) => set.isKnownToLack(jid));
    });

    expect(lacking.flat().toSorted()).toEqual(jids.toSorted());
    expect(Math.min(...lacking.map(({ length }) => length))).toBeGreaterThan(150);
  });
});
