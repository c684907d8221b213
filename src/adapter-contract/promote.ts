import { describe, expect, it } from "vitest";
import { fieldsOf, requeue, retry } from "./jobs.ts";
import { Rig, type CreateStore } from "./rig.ts";

const DEFAULT = { queue: "default" };

export function promoteContract(create: CreateStore): void {
  describe("promoting", () => {
    it("moves what is due to the end of its queue, by due time", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("second", { inTicks: 1.5 });
      await rig.enqueue("first", { inTicks: 1 });
      await rig.enqueue("third", { inTicks: 1.75 });
      await rig.enqueue("waiting");

      await rig.elapse(2);
      const promotion = await rig.adapter.promoteDue();

      expect(promotion).toEqual({ promoted: 3, nextAt: undefined });
      expect(await rig.names(DEFAULT)).toEqual(["waiting", "first", "second", "third"]);
      expect(await rig.store.size({ set: "scheduled" })).toBe(0);
    });

    it("leaves what is not due, and says when that will be", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("later", { inTicks: 20 });
      await rig.enqueue("soon", { inTicks: 10 });
      const { at } = await rig.find({ set: "scheduled" }, "soon");

      const promotion = await rig.adapter.promoteDue();

      expect(promotion).toEqual({ promoted: 0, nextAt: expect.closeTo(at!, 3) });
      expect(await rig.status("soon")).toBe("scheduled");
    });

    it("knows of no next time where nothing waits for one", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");

      expect(await rig.adapter.promoteDue()).toEqual({ promoted: 0, nextAt: undefined });
    });

    it("moves retried jobs as well, in one order with the scheduled", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["failing", "again"]);
      const lease = await rig.lease();
      const [failing, again] = await lease.fetch();
      const now = await rig.now();
      await lease.settle(
        retry(failing!, now + 1.5 * rig.tick, "slow"),
        requeue(again!, now + rig.tick, "slow"),
      );
      await rig.enqueue("scheduled", { queue: "slow", at: now + 1.75 * rig.tick });

      await rig.elapse(2);
      await rig.adapter.promoteDue();

      expect(await rig.names({ queue: "slow" })).toEqual(["again", "failing", "scheduled"]);
      expect(await rig.store.queueNames()).toContain("slow");
    });

    it("names a retry as the next time", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease, job } = await rig.run("a");
      const at = (await rig.now()) + 10 * rig.tick;
      await lease.settle(retry(job, at));
      await rig.enqueue("later", { inTicks: 20 });

      expect((await rig.adapter.promoteDue()).nextAt).toBeCloseTo(at, 3);
    });

    it("moves no more than its limit, and names the next though it is due", async () => {
      const rig = await Rig.open(create);
      const start = await rig.now();
      for (const [index, name] of ["a", "b", "c"].entries()) {
        await rig.enqueue(name, { at: start + rig.tick * (1 + index / 10) });
      }
      await rig.elapse(2);

      const first = await rig.adapter.promoteDue(2);
      const second = await rig.adapter.promoteDue(2);

      expect(first).toEqual({ promoted: 2, nextAt: expect.closeTo(start + rig.tick * 1.2, 3) });
      expect(second).toEqual({ promoted: 1, nextAt: undefined });
      expect(await rig.names(DEFAULT)).toEqual(["a", "b", "c"]);
    });

    it("moves at most 1,000 jobs unless told otherwise", async () => {
      const rig = await Rig.open(create);
      const names = Array.from({ length: 1_001 }, (_, index) => `job${index}`);
      await rig.enqueueAll(names, { inTicks: 8 });
      await rig.elapse(9);

      expect((await rig.adapter.promoteDue()).promoted).toBe(1_000);
      expect((await rig.adapter.promoteDue()).promoted).toBe(1);
    });

    it("moves each job once when many promote at the same time", async () => {
      const rig = await Rig.open(create);
      const other = await rig.connect();
      const names = Array.from({ length: 50 }, (_, index) => `job${index}`);
      await rig.enqueueAll(names, { inTicks: 1 });
      await rig.elapse(2);

      const promotions = await Promise.all(
        Array.from({ length: 8 }, (_, index) => (index % 2 ? rig.adapter : other).promoteDue(20)),
      );

      expect(promotions.reduce((sum, { promoted }) => sum + promoted, 0)).toBe(50);
      expect((await rig.names(DEFAULT)).toSorted()).toEqual(names.toSorted());
    });

    it("stamps a job when it enters its queue, and not before", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a", { inTicks: 1 });
      const scheduled = await rig.find({ set: "scheduled" }, "a");
      await rig.elapse(2);
      const before = await rig.now();

      await rig.adapter.promoteDue();

      const { enqueued_at, ...rest } = fieldsOf((await rig.find(DEFAULT, "a")).payload);
      expect(rest).toEqual(fieldsOf(scheduled.payload));
      expect(enqueued_at).toBeGreaterThanOrEqual(before - 0.001);
    });
  });
}
