import { describe, expect, it } from "vitest";
import {
  addTo,
  callbacks,
  closedBatch,
  countsOf,
  openBatch,
  openBatches,
  stateOf,
} from "./batch-rig.ts";
import { dead, done, jid, release, retry } from "./jobs.ts";
import type { CreateStore } from "./rig.ts";

const DEAD = { set: "dead" } as const;

export function nestedBatchesContract(create: CreateStore): void {
  describe("a batch in another", () => {
    it("is waited for", async ({ skip }) => {
      const on = await openBatches(create, skip);
      await openBatch(on, "b");
      await openBatch(on, "inner", "b");
      await addTo(on, "inner", ["one"]);
      await on.batches.close("b");
      await on.batches.close("inner");
      expect(await callbacks(on)).toEqual([]);
      expect(await stateOf(on, "b")).toMatchObject({ children: 1, pendingChildren: 1 });

      const { lease, job } = await on.rig.run("one");
      await lease.settle(dead(job));
      expect(await callbacks(on)).toEqual([
        "inner death",
        "b death",
        "inner complete",
        "b complete",
      ]);
      const dying = await on.rig.find(DEAD, "one");
      await on.rig.store.move(DEAD, dying, "queue", dying.payload);
      await on.rig.finish("one");

      expect((await callbacks(on)).slice(4)).toEqual(["inner success", "b success"]);
      expect(await stateOf(on, "inner")).toMatchObject({ parent: "b" });
    });

    it("is not taken by one that is over, cancelled or unknown", async ({ skip }) => {
      const on = await closedBatch(create, skip);

      expect(await openBatch(on, "inner", "b")).toBe(false);
      expect(await openBatch(on, "inner", "unknown")).toBe(false);
      await openBatch(on, "c");
      await on.batches.cancel("c");
      expect(await openBatch(on, "inner", "c")).toBe(false);

      expect(await on.batches.read(["inner"])).toEqual([undefined]);
    });

    it("holds up the other no more where it is incomplete, and its jobs are over", async ({
      skip,
    }) => {
      const on = await openBatches(create, skip);
      await openBatch(on, "b");
      await openBatch(on, "inner", "b");
      await on.batches.close("b");

      await on.batches.close("inner", true);

      expect(await callbacks(on)).toEqual(["inner complete", "b complete", "b success"]);
    });
  });

  describe("a cancelled batch", () => {
    it("takes nothing, and ends without success", async ({ skip }) => {
      const on = await closedBatch(create, skip, "one");
      await openBatch(on, "inner", "b");

      expect(await on.batches.cancel("b")).toEqual(["b", "inner"]);
      // Whoever asked may not have heard, or has not dealt with what waits.
      expect(await on.batches.cancel("b")).toEqual(["b"]);

      expect(await addTo(on, "b", ["two"])).toEqual(["batch:b"]);
      await on.rig.store.cancel(jid("one"));
      expect(await on.batches.cancel("b")).toEqual([]);
      expect((await callbacks(on)).toSorted()).toEqual(["b complete", "inner complete"]);
      expect(await on.rig.statuses("b success", "b death")).toEqual({
        "b success": "cancelled",
        "b death": "cancelled",
      });
      expect(typeof (await stateOf(on, "b")).cancelledAt).toBe("number");
    });

    it("has no job run again, however its run ends", async ({ skip }) => {
      const on = await closedBatch(create, skip, "one", "two", "three");
      const heard: string[] = [];
      const lease = await on.rig.lease({ onCancel: (keys) => heard.push(...keys) });
      const [one, two, three] = await lease.fetch(3);
      await on.batches.cancel("b");
      // A store that is asked which batches are cancelled names none that has ended meanwhile.
      await expect.poll(() => heard).toContain("batch:b");

      await lease.settle(
        retry(one as never, (await on.rig.now()) + 1),
        release(two as never),
        done(three as never),
      );

      expect(await on.rig.statuses("one", "two", "three")).toEqual({
        one: "cancelled",
        two: "cancelled",
        three: "finished",
      });
      expect(await countsOf(on, "b")).toBe("3 0 0 0");
      expect(await callbacks(on)).toEqual(["b complete"]);
    });
  });

  describe("batches", () => {
    it("are listed, the latest first, page by page", async ({ skip }) => {
      const on = await openBatches(create, skip);
      for (const id of ["a", "b", "c"]) {
        await openBatch(on, id);
        await on.rig.elapse(0.1);
      }

      const first = await on.batches.list(undefined, 2);
      const second = await on.batches.list(first.cursor, 2);

      expect(first.batches.map(({ id }) => id)).toEqual(["c", "b"]);
      expect(second.batches.map(({ id }) => id)).toEqual(["a"]);
      expect(second.cursor).toBeUndefined();
    });

    it("are all of one id the same", async ({ skip }) => {
      const on = await closedBatch(create, skip, "one");

      expect(await openBatch(on, "b")).toBe(true);

      expect(await countsOf(on, "b")).toBe("1 1 1 0");
    });
  });
}
