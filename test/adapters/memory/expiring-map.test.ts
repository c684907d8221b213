import { describe, expect, it } from "vitest";
import { ExpiringMap } from "../../../src/adapters/memory/expiring-map.ts";

describe("ExpiringMap", () => {
  it("forgets a value when its time is over", () => {
    let now = 100;
    const map = new ExpiringMap<string>(() => now);
    map.set("short", "a", 1);
    map.set("long", "b", 10);

    now += 1;

    expect([map.get("short"), map.get("long"), map.get("unknown")]).toEqual([
      undefined,
      "b",
      undefined,
    ]);
  });

  it("counts a value's time from when it was set last", () => {
    let now = 100;
    const map = new ExpiringMap<string>(() => now);
    map.set("key", "a", 2);
    now += 1;
    map.set("key", "b", 2);

    now += 1.5;

    expect(map.get("key")).toBe("b");
  });

  it("does not grow with what has expired", () => {
    let now = 100;
    const map = new ExpiringMap<number>(() => now);

    for (let index = 0; index < 20_000; index += 1) {
      now += 1;
      map.set(`key${index}`, index, 10);
    }

    expect(map.size).toBeLessThanOrEqual(1_000);
    expect(map.get("key19999")).toBe(19_999);
  });

  it("forgets all at once", () => {
    const map = new ExpiringMap<string>(() => 0);
    map.set("key", "a", 1);

    map.clear();

    expect([map.get("key"), map.size]).toEqual([undefined, 0]);
  });
});
