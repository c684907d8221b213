import { describe, expect, it } from "vitest";
import { keysUnder } from "../../../../src/adapters/redis/keys.ts";
import { HeardKeys } from "../../../../src/adapters/redis/leases/heard-keys.ts";

const keys = keysUnder("app:");
const ALWAYS = ["schedule", "retry", "mandate:free-at", "paused", "mandate:freed"];

describe("a worker hears", () => {
  it.each([
    [["mail"], ["mail"], ["mails", "default", "mai"]],
    [["mail", "mail2"], ["mail", "mail2"], ["mail3"]],
    [["mail*", "default"], ["mail", "mail-eu", "default"], ["default2"]],
    [["*"], ["mail", "anything"], []],
    [many(100), ["1q", "99q"], ["100q", "other"]],
  ])("of %j", (served, heard, others) => {
    const of = new HeardKeys(keys, served);

    for (const queue of heard) {
      for (const key of [keys.queue(queue), keys.lane(queue), keys.ready(queue)]) {
        expect([key, of.changeOf(key)]).toEqual([key, "work"]);
        expect(of.prefixes.some((prefix) => key.startsWith(prefix))).toBe(true);
      }
    }
    for (const queue of others) {
      expect([queue, of.changeOf(keys.queue(queue))]).toEqual([queue, undefined]);
      expect(of.changeOf(keys.ready(queue))).toBeUndefined();
    }
  });

  it.each([[["a"]], [["a", "ab", "b*", "bc"]], [["*"]], [many(100)]])(
    "of what concerns all, and of no key twice: %j",
    (served) => {
      const { prefixes } = new HeardKeys(keys, served);

      for (const key of [...ALWAYS.map((name) => `app:${name}`), keys.ready("")]) {
        expect(prefixes.filter((prefix) => key.startsWith(prefix))).toHaveLength(1);
      }
      // Redis refuses such.
      expect(
        prefixes.filter((one) => prefixes.some((all) => all !== one && one.startsWith(all))),
      ).toEqual([]);
    },
  );

  it("what each of them means", () => {
    const of = new HeardKeys(keys, ["a"]);

    expect([keys.schedule, keys.retry, keys.freeAt].map((key) => of.changeOf(key))).toEqual([
      "times",
      "times",
      "times",
    ]);
    expect([keys.paused, keys.freed, keys.ready("")].map((key) => of.changeOf(key))).toEqual([
      "work",
      "work",
      "work",
    ]);
    expect(of.changeOf(keys.cancelled)).toBe("cancelled");
    expect(of.changeOf(keys.jobs)).toBeUndefined();
  });

  it("of few prefixes, however many queues it serves", () => {
    expect(new HeardKeys(keys, many(32)).prefixes.length).toBeGreaterThan(64);
    expect(new HeardKeys(keys, many(33)).prefixes.length).toBeLessThan(12);
  });
});

function many(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${index}q`);
}
