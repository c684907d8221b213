import { describe, expect, it } from "vitest";
import { ask, holdersOf, inLine, offer, openHolds, token, turn, unique } from "./hold-rig.ts";
import { done, jid } from "./jobs.ts";
import type { CreateStore } from "./rig.ts";

export function codeHoldsContract(create: CreateStore): void {
  describe("what jobs have to hold", () => {
    it("is told as their entries said, wherever they are", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      const lock = unique({ key: "lock" });
      const timed = unique({ key: "timed", seconds: 600 });
      const limit = turn({ key: "turns", to: 3 });
      const rate = token({ to: 10, seconds: 60, burst: 1 }, { key: "rate" });
      await rig.enqueue("plain");
      await rig.enqueue("locked", { holds: [lock] });
      await rig.enqueue("several", { holds: [timed, limit, rate], inTicks: 50 });

      const [plain, locked, several, unknown] = await holds.wanted(
        ["plain", "locked", "several", "unknown"].map(jid),
      );

      expect([plain, unknown]).toEqual([undefined, undefined]);
      expect(locked).toMatchObject([lock]);
      expect(several).toMatchObject([timed, limit, rate]);
    });
  });

  describe("code that takes a key", () => {
    it("has it until it gives it back", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      const options = { seconds: 100 * rig.tick };

      expect(await holds.take("k", "one", options)).toEqual({ taken: true });
      expect(await holds.take("k", "two", options)).toMatchObject({ taken: false });
      expect(await holds.giveBack("k", "one")).toBe(true);
      expect(await holds.giveBack("k", "one")).toBe(false);

      expect(await holds.take("k", "two", options)).toEqual({ taken: true });
    });

    it("has it as often as may be, and by one holder once", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      const options = { to: 2, seconds: 100 * rig.tick };
      await holds.take("k", "one", options);

      expect(await holds.take("k", "one", options)).toEqual({ taken: true });
      expect(await holds.take("k", "two", options)).toEqual({ taken: true });

      expect(await holds.take("k", "three", options)).toMatchObject({ taken: false });
      expect(await holds.read(["k"])).toMatchObject([{ held: 2, to: 2 }]);
    });

    it("loses it by time, which is told to those that ask before", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      const until = (await rig.now()) + 2 * rig.tick;
      await holds.take("k", "one", { seconds: 2 * rig.tick });

      const { taken, retryAt = 0 } = await holds.take("k", "two", { seconds: rig.tick });
      expect(taken).toBe(false);
      expect(Math.abs(retryAt - until)).toBeLessThan(rig.tick);
      await rig.elapse(2.5);

      expect(await holds.take("k", "two", { seconds: rig.tick })).toEqual({ taken: true });
    });

    it("loses it with its job's run, where that is named", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      await rig.enqueueAll(["a", "b"]);
      const options = { seconds: 1_000 * rig.tick };
      const { lease, job } = await rig.run("a");
      await holds.take("k", "code of a", { ...options, run: jid("a") });
      expect(await holds.take("k", "other", options)).toMatchObject({ taken: false });

      await lease.settle(done(job));
      expect(await holds.take("k", "code of b", { ...options, run: jid("b") })).toEqual({
        taken: true,
      });
      await lease.fetch();
      await rig.die(lease);
      await rig.adapter.recover();

      expect(await holds.take("k", "other", options)).toEqual({ taken: true });
    });

    it("waits for jobs that wait in line", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      await offer(rig, ["a", "b"], { holds: [inLine()] });
      await rig.finish("a");

      expect(await holds.take("k", "one", { seconds: rig.tick })).toMatchObject({ taken: false });
    });

    it("spends several tokens, and gives back those that it did not need", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      const rate = { to: 1, seconds: 2 * rig.tick, burst: 5 };
      const options = { rate, seconds: rig.tick };
      expect(await holds.take("k", "one", { ...options, tokens: 4 })).toEqual({ taken: true });

      const now = await rig.now();
      const { taken, retryAt = 0 } = await holds.take("k", "two", { ...options, tokens: 3 });
      expect(taken).toBe(false);
      expect(Math.abs(retryAt - now - 4 * rig.tick)).toBeLessThan(rig.tick);
      expect(await holds.giveBack("k", "one", 2)).toBe(true);

      expect(await holds.take("k", "two", { ...options, tokens: 3 })).toEqual({ taken: true });
    });

    it("spends tokens that it needed besides, though there be none", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      const rate = { to: 1, seconds: 2 * rig.tick, burst: 5 };
      const options = { rate, seconds: rig.tick };
      await holds.take("k", "one", { ...options, tokens: 4 });

      expect(await holds.giveBack("k", "one", -3)).toBe(true);

      const [state] = await holds.read(["k"]);
      expect(state?.left).toBeLessThan(-1.5);
      const now = await rig.now();
      const { taken, retryAt = 0 } = await holds.take("k", "two", options);
      expect(taken).toBe(false);
      expect(Math.abs(retryAt - now - 6 * rig.tick)).toBeLessThan(rig.tick);
    });

    it("has all tokens of a window at once, and none until the next by the clock", async ({
      skip,
    }) => {
      const { rig, holds } = await openHolds(create, skip);
      // By the clock it is within one window from here on.
      const seconds = 1_000 * rig.tick;
      const rate = { to: 3, seconds, burst: 3, aligned: true };
      const options = { rate, seconds: rig.tick };
      const now = await rig.now();
      const begun = now - (now % seconds);
      expect(await holds.take("k", "one", { ...options, tokens: 2 })).toEqual({ taken: true });

      const { taken, retryAt = 0 } = await holds.take("k", "two", { ...options, tokens: 2 });
      expect(taken).toBe(false);
      expect(retryAt).toBeCloseTo(begun + seconds, 3);
      expect(await holds.take("k", "two", options)).toEqual({ taken: true });
      expect(await holds.take("k", "three", options)).toMatchObject({ taken: false });
      expect(await holds.read(["k"])).toMatchObject([{ rate, left: 0 }]);
      expect(await holds.giveBack("k", "one", 2)).toBe(true);
      expect(await holds.take("k", "three", { ...options, tokens: 2 })).toEqual({ taken: true });
    });

    it("has the tokens of the next window when that begins", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      const seconds = 2 * rig.tick;
      const options = { rate: { to: 1, seconds, burst: 1, aligned: true }, seconds };
      await holds.take("k", "one", options);
      await rig.elapse(2.1);
      await holds.take("k", "two", options);

      const { retryAt = 0 } = await holds.take("k", "three", options);

      expect((retryAt / seconds) % 1).toBeCloseTo(0, 2);
      await rig.elapse(2.1);
      expect(await holds.take("k", "three", options)).toEqual({ taken: true });
    });

    it("has spent as many tokens where the window is another", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      const seconds = 1_000 * rig.tick;
      const aligned = { to: 10, seconds, burst: 10, aligned: true };
      await holds.take("k", "one", { rate: aligned, seconds, tokens: 4 });

      await holds.take("k", "two", { rate: { ...aligned, to: 100 }, seconds, tokens: 1 });
      expect(await holds.read(["k"])).toMatchObject([{ left: 95 }]);
      const rate = { to: 1, seconds, burst: 20 };
      await holds.take("k", "three", { rate, seconds });

      const [state] = await holds.read(["k"]);
      expect(state?.left).toBeGreaterThan(13.9);
      expect(state?.left).toBeLessThan(14.1);
    });

    it("has one winner among many", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      const names = Array.from({ length: 20 }, (_, index) => `holder ${index}`);

      const all = await Promise.all(
        names.map((name) => holds.take("k", name, { seconds: 100 * rig.tick })),
      );

      expect(all.filter(({ taken }) => taken)).toHaveLength(1);
    });
  });

  describe("keys, for operators", () => {
    it("are read by name, and those are not there that nobody has to do with", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      await offer(rig, ["a"], { holds: [unique({ to: 3 })] });

      expect(await holds.read(["none", "k"])).toEqual([
        undefined,
        { key: "k", to: 3, held: 1, waiting: 0, taken: 1, dead: 0 },
      ]);
    });

    it("are listed by what they begin with, page by page", async ({ skip }) => {
      const { holds } = await openHolds(create, skip);
      const names = Array.from({ length: 7 }, (_, index) => `some:*[${index}]`);
      for (const key of [...names, "some", "other"]) {
        await holds.limit(key, { to: 2 });
      }

      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await holds.keys("some:*[", cursor, 3);
        found.push(...page.keys.map(({ key }) => key));
        cursor = page.cursor;
      } while (cursor !== undefined && found.length < 20);

      expect(found.toSorted()).toEqual(names);
    });

    it("have holders, page by page, the eldest first", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      const now = await rig.now();
      const names = ["a", "b", "c", "d", "e"];
      for (const name of names) {
        await offer(rig, [name], { holds: [unique({ to: Infinity, seconds: 10 * rig.tick })] });
      }

      const first = await holds.holders("k", undefined, 3);
      const second = await holds.holders("k", first.cursor, 3);

      const found = [...first.holders, ...second.holders];
      expect(found.map(({ holder }) => holder)).toEqual(names.map(jid));
      expect(second.cursor).toBeUndefined();
      const [{ since, until = 0 } = { since: 0 }] = found;
      expect(Math.abs(since - now)).toBeLessThan(2 * rig.tick);
      expect(until - since).toBeCloseTo(10 * rig.tick, 2);
      expect(await holds.holders("none", undefined, 3)).toEqual({
        holders: [],
        cursor: undefined,
      });
    });

    it("are released, of whomever", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      await offer(rig, ["a"], { holds: [unique()] });

      expect(await holds.release("k", jid("a"))).toBe(true);
      expect(await holds.release("k", jid("a"))).toBe(false);

      expect(await ask(rig, "b", unique())).toBe("accepted");
      await rig.finish("a");
      expect(await holdersOf(holds)).toEqual(["b"]);
    });

    it("are handed on where a turn is released", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      await offer(rig, ["a", "b"], { holds: [turn()] });
      const lease = await rig.lease();
      await lease.fetch();

      await holds.release("k", jid("a"));

      expect(await lease.fetchNames()).toEqual(["b"]);
    });

    it("keep nothing once nobody has to do with them", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      await offer(rig, ["a"], {
        holds: [unique(), turn({ key: "turn" }), inLine({ key: "line" })],
      });
      await rig.finish("a");

      expect(await holds.read(["k", "turn", "line"])).toEqual([undefined, undefined, undefined]);
    });

    it("are in nobody's way who waits for none", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      await rig.enqueue("a");

      expect(await holds.inTheWay(jid("a"))).toEqual([]);
      expect(await holds.inTheWay(jid("unknown"))).toEqual([]);
    });
  });
}
