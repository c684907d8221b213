import { describe, expect, it } from "vitest";
import { RecentMap } from "../../../src/adapters/memory/recent-map.ts";

describe("RecentMap", () => {
  it("forgets what is too old", () => {
    let now = 1_000;
    const map = new RecentMap<string>({ now: () => now, seconds: 10, most: 5 });
    map.set("a", "first");
    now += 9;
    map.set("b", "second");
    now += 1;

    expect([map.get("a"), map.get("b")]).toEqual([undefined, "second"]);
    map.set("c", "third");
    expect(map.size).toBe(2);
  });

  it("forgets the oldest of too many", () => {
    const map = new RecentMap<number>({ now: () => 0, seconds: 10, most: 3 });

    for (const [index, key] of ["a", "b", "a", "c", "d"].entries()) {
      map.set(key, index);
    }

    expect(["a", "b", "c", "d"].map((key) => map.get(key))).toEqual([2, undefined, 3, 4]);
  });
});
