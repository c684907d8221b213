import { describe, expect, it } from "vitest";
import type { BatchHappening } from "../adapters/batches.ts";
import { addTo, closedBatch, openBatch, openBatches, type BatchRig } from "./batch-rig.ts";
import { dead, retry } from "./jobs.ts";
import type { CreateStore } from "./rig.ts";

export function heardBatchesContract(create: CreateStore): void {
  describe("whoever listens to a batch", () => {
    it("hears that it is complete, and of no other", async ({ skip }) => {
      const on = await closedBatch(create, skip, "one");
      await openBatch(on, "other");
      const heard: string[] = [];
      const all = ["b", "other"].map((id) => on.batches.listen(id, () => heard.push(id)));
      await Promise.all(all.map(({ ready }) => ready));
      const { lease, job } = await on.rig.run("one");

      await lease.settle(retry(job, await on.rig.now()));

      await expect.poll(() => heard).toEqual(["b"]);
      all.forEach((listening) => listening.stop());
    });

    it("hears nothing any more once it has stopped", async ({ skip }) => {
      const on = await closedBatch(create, skip, "one");
      const heard: string[] = [];
      const [stopped, listening] = ["stopped", "listening"].map((who) =>
        on.batches.listen("b", () => heard.push(who)),
      );
      await Promise.all([stopped?.ready, listening?.ready]);
      stopped?.stop();

      await on.rig.finish("one");

      await expect.poll(() => heard).toEqual(["listening"]);
      listening?.stop();
    });
  });

  describe("whoever releases what is blocked", () => {
    it("is told once what has happened to batches, though nobody waits for it", async ({
      skip,
    }) => {
      const on = await openBatches(create, skip);
      await on.batches.open({ id: "b", text: "", seconds: 100, keep: 100 });
      await addTo(on, "b", ["one", "two"]);
      await on.batches.close("b");
      const { lease, job } = await on.rig.run("one");
      await lease.settle(dead(job));
      expect(await happenings(on)).toEqual(["b death"]);

      await on.rig.finish("two");

      expect(await happenings(on)).toEqual(["b complete"]);
      expect(await happenings(on)).toEqual([]);
    });

    it("is told of each of them, with what waited for it", async ({ skip }) => {
      const on = await closedBatch(create, skip, "one");
      await on.rig.finish("one");

      expect(await happenings(on)).toEqual(["b complete", "b success"]);
      expect(await on.rig.names({ queue: "callbacks" })).toEqual(["b complete", "b success"]);
    });
  });
}

async function happenings({ rig }: BatchRig): Promise<string[]> {
  const told: BatchHappening[] = [];
  while ((await rig.adapter.releaseBlocked((happened) => told.push(happened))) > 0);
  return told.map(({ id, event }) => `${id} ${event}`);
}
