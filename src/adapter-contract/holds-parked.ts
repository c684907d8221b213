import { describe, expect, it } from "vitest";
import { openHolds, offer, runAll, turn, type HoldRig } from "./hold-rig.ts";
import { done, jid, nameOf } from "./jobs.ts";
import type { CreateStore } from "./rig.ts";
import type { TestLease } from "./test-lease.ts";

const QUEUE = { queue: "default" };

interface ParkedRig extends HoldRig {
  /** Lets go of the turn that a, b, c and d wait for. */
  readonly free: () => Promise<void>;
  readonly lease: TestLease;
}

export function parkedContract(create: CreateStore): void {
  const openParked = async (skip: (reason: string) => never): Promise<ParkedRig> => {
    const opened = await openHolds(create, skip);
    const { rig } = opened;
    await offer(rig, ["holder", "a", "b", "c", "d"], { holds: [turn()] });
    const lease = await rig.lease();
    const job = await lease.fetchOne();
    expect(await lease.fetch()).toEqual([]);
    await rig.enqueue("plain");
    return { ...opened, lease, free: async () => void (await lease.settle(done(job))) };
  };

  describe("jobs that wait for a turn", () => {
    it("are counted, paged and found in their queue, and say what they wait for", async ({
      skip,
    }) => {
      const { rig } = await openParked(skip);

      expect(await rig.store.size(QUEUE)).toBe(5);
      expect(await rig.store.size({ set: "blocked" })).toBe(0);
      expect((await rig.names(QUEUE, 2)).toSorted()).toEqual(["a", "b", "c", "d", "plain"]);
      const parked = (await rig.stored(QUEUE)).filter(({ waitsFor }) => waitsFor === "k");
      expect(parked.map(({ payload }) => nameOf(payload))).toEqual(["a", "b", "c", "d"]);
      expect(await rig.find(QUEUE, "b")).toMatchObject({ queue: "default", waitsFor: "k" });
      expect((await rig.find(QUEUE, "plain")).waitsFor).toBeUndefined();
    });

    it("can be read, counted and cleared apart from the others of their queue", async ({
      skip,
    }) => {
      const { rig, free } = await openParked(skip);
      const [parked, others] = [true, false].map((each) => ({ ...QUEUE, parked: each }));
      if (parked === undefined || others === undefined) return;

      expect(await rig.store.size(parked)).toBe(4);
      expect(await rig.store.size(others)).toBe(1);
      expect(await rig.names(parked, 3)).toEqual(["a", "b", "c", "d"]);
      expect(await rig.names(others, 1)).toEqual(["plain"]);
      expect(await rig.find(parked, "b")).toMatchObject({ waitsFor: "k" });
      expect(await rig.store.find(others, jid("b"))).toBeUndefined();
      expect(await rig.store.find(parked, jid("plain"))).toBeUndefined();
      expect(await rig.store.delete(parked, await rig.find(parked, "b"))).toBe(true);
      expect(await rig.store.clear(parked)).toBe(3);
      expect(await rig.store.queueNames()).toContain("default");
      await free();
      expect(await runAll(rig)).toEqual(["plain"]);
    });

    it("leave their line where they are deleted or cancelled", async ({ skip }) => {
      const { rig, free } = await openParked(skip);

      expect(await rig.store.delete(QUEUE, await rig.find(QUEUE, "a"))).toBe(true);
      expect(await rig.store.cancel(jid("c"))).toBe(true);

      expect(await rig.statuses("a", "c")).toEqual({ a: "finished", c: "cancelled" });
      await free();
      expect(await runAll(rig)).toEqual(["b", "d", "plain"]);
    });

    it("leave it where many are deleted", async ({ skip }) => {
      const { rig, holds, free } = await openParked(skip);

      expect(await rig.store.deleteAll(QUEUE, await rig.stored(QUEUE))).toBe(5);

      expect(await rig.store.size(QUEUE)).toBe(0);
      expect(await holds.read(["k"])).toMatchObject([{ held: 1, waiting: 0 }]);
      await free();
      expect(await runAll(rig)).toEqual([]);
    });

    it("go with their queue where that is cleared", async ({ skip }) => {
      const { rig, holds, free } = await openParked(skip);

      expect(await rig.store.clear(QUEUE)).toBe(5);

      expect(await rig.store.queueNames()).not.toContain("default");
      expect(await holds.read(["k"])).toMatchObject([{ held: 1, waiting: 0 }]);
      await free();
      await offer(rig, ["e"], { holds: [turn()] });
      expect(await runAll(rig)).toEqual(["e"]);
    });

    it("are moved to the end of their queue, and to the dead set", async ({ skip }) => {
      const { rig, free } = await openParked(skip);
      const [a, b] = [await rig.find(QUEUE, "a"), await rig.find(QUEUE, "b")];

      expect(await rig.store.move(QUEUE, a, "queue", a.payload)).toBe(true);
      expect(await rig.store.move(QUEUE, b, "dead", b.payload)).toBe(true);

      expect(await rig.statuses("a", "b")).toEqual({ a: "enqueued", b: "dead" });
      await free();
      expect((await runAll(rig)).toSorted()).toEqual(["a", "c", "d", "plain"]);
    });

    it("let those go by that need no turn", async ({ skip }) => {
      const { lease } = await openParked(skip);

      expect(await lease.fetchNames()).toEqual(["plain"]);
    });

    it("free what waits for them when they are over", async ({ skip }) => {
      const { rig } = await openParked(skip);
      await rig.enqueue("dependent", { prereqs: ["a"], queue: "other" });

      await rig.store.cancel(jid("a"));
      await rig.releaseBlocked();

      expect(await rig.status("dependent")).toBe("enqueued");
    });
  });
}
