import { describe, expect, it } from "vitest";
import type { FetchedJob, Outcome } from "../adapters/adapter.ts";
import { dead, done, failed, jid, requeue } from "./jobs.ts";
import { Rig, type CreateStore } from "./rig.ts";

const DEFAULT = { queue: "default" };
const REMEMBERED = { remembered: true } as const;

export function rememberedContract(create: CreateStore): void {
  describe("a jid that is to be remembered", () => {
    it.each<[string, (job: FetchedJob) => Outcome]>([
      ["is done", done],
      ["was discarded", failed],
      ["is dead", dead],
    ])("makes no second job where the first %s", async (_how, outcome) => {
      const rig = await Rig.open(create);
      await rig.enqueue("a", REMEMBERED);
      const { lease, job } = await rig.run("a");
      await lease.settle(outcome(job));

      await rig.enqueue("a", REMEMBERED);
      await rig.enqueueAll(["b", "a"], REMEMBERED);

      expect(await rig.names(DEFAULT)).toEqual(["b"]);
    });

    it("makes no second job where the first waits, or runs, or has come again", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["a", "b"], REMEMBERED);
      const { lease, job } = await rig.run("a");
      await rig.enqueueAll(["a", "b"], REMEMBERED);
      await lease.settle(requeue(job));
      expect(await rig.names(DEFAULT)).toEqual(["b", "a"]);

      await rig.finish("b");
      await rig.finish("a");
      await rig.enqueueAll(["a", "b"], REMEMBERED);

      expect(await rig.names(DEFAULT)).toEqual([]);
    });

    it("is remembered among many that are not, done together", async () => {
      const rig = await Rig.open(create);
      const names = Array.from({ length: 2_500 }, (_, index) => `n${index}`);
      const named = new Set(["n0", "n999", "n1000", "n2499"]);
      await rig.adapter.enqueue(
        await Promise.all(names.map((name) => rig.entry(name, { remembered: named.has(name) }))),
      );
      const lease = await rig.lease();
      await lease.settle(...(await lease.fetch(2_500)).map(done));

      await rig.enqueueAll([...named, "n1"], REMEMBERED);

      expect(await rig.names(DEFAULT)).toEqual(["n1"]);
    });

    it("is remembered where it was tried again while the first was there", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      await rig.enqueue("a", REMEMBERED);
      await rig.finish("a");

      await rig.enqueue("a", REMEMBERED);

      expect(await rig.names(DEFAULT)).toEqual([]);
    });

    it.each(["cancelled", "deleted"])("is free at once where its job was %s", async (how) => {
      const rig = await Rig.open(create);
      await rig.enqueue("a", REMEMBERED);
      if (how === "cancelled") {
        await rig.store.cancel(jid("a"));
      } else {
        await rig.store.delete(DEFAULT, await rig.find(DEFAULT, "a"));
      }

      await rig.enqueue("a", REMEMBERED);
      expect(await rig.status("a")).toBe("enqueued");
      await rig.finish("a");

      // Nor is it known as cancelled any more.
      expect(await rig.status("a")).toBe("finished");
    });

    it("is forgotten after ten minutes, and not before", async () => {
      const rig = await Rig.open(create);
      const isLong = rig.tick >= 1;
      await rig.enqueue("a", REMEMBERED);
      await rig.finish("a");

      await rig.elapse(isLong ? 590 / rig.tick : 0);
      await rig.enqueue("a", REMEMBERED);
      expect(await rig.names(DEFAULT)).toEqual([]);
      await rig.elapse(isLong ? 11 / rig.tick : 0);
      await rig.enqueue("a", REMEMBERED);

      // Where the store's clock cannot be set nobody waits for that long.
      expect(await rig.names(DEFAULT)).toEqual(isLong ? ["a"] : []);
    });
  });
}
