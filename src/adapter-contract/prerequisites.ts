import { describe, expect, it } from "vitest";
import { dead, done, fieldsOf } from "./jobs.ts";
import { Rig, type CreateStore } from "./rig.ts";

const DEFAULT = { queue: "default" };
const BLOCKED = { set: "blocked" } as const;

export function prereqContract(create: CreateStore): void {
  describe("a job with prerequisites", () => {
    it("stays out of its queue until they are finished", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("first");
      await rig.enqueue("then", { prereqs: ["first"] });
      const { lease, job } = await rig.run("first");
      expect(await lease.fetchAny()).toEqual([]);

      const { releasable } = await lease.settle(done(job));

      expect(releasable).toBe(true);
      expect(await rig.status("then")).toBe("blocked");
      expect(await rig.adapter.releaseBlocked()).toBe(1);
      expect(await rig.names(DEFAULT)).toEqual(["then"]);
      expect(await rig.store.size(BLOCKED)).toBe(0);
      expect(await rig.adapter.releaseBlocked()).toBe(0);
    });

    it("makes nothing releasable before", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["other", "first"]);
      await rig.enqueue("then", { prereqs: ["first"] });
      const { lease, job } = await rig.run("other");

      const { releasable } = await lease.settle(done(job));

      expect(releasable).toBe(false);
      expect(await rig.adapter.releaseBlocked()).toBe(0);
    });

    it("is stamped when it enters its queue, and not before", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("first");
      const entry = await rig.entry("then", { prereqs: ["first"] });
      await rig.adapter.enqueue([entry]);
      expect((await rig.find(BLOCKED, "then")).payload).toBe(entry.payload);

      await rig.finish("first");
      expect((await rig.find(BLOCKED, "then")).payload).toBe(entry.payload);
      await rig.releaseBlocked();

      const fields = fieldsOf((await rig.find(DEFAULT, "then")).payload);
      expect(fields["enqueued_at"]).toBeCloseTo(await rig.now(), 0);
    });

    it("waits for all of them", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["a", "b", "c"]);
      await rig.enqueue("then", { prereqs: ["a", "b", "c", "a"] });

      for (const name of ["a", "b"]) {
        await rig.finish(name);
        expect(await rig.releaseBlocked()).toEqual([]);
      }
      await rig.finish("c");

      expect(await rig.releaseBlocked()).toEqual([1]);
      expect(await rig.status("then")).toBe("enqueued");
    });

    it("does not wait where they are finished, or unknown", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["finished", "open"]);
      await rig.finish("finished");

      await rig.enqueue("then", { prereqs: ["finished", "never-seen"] });
      await rig.enqueue("none", { prereqs: [] });
      await rig.enqueue("waits", { prereqs: ["finished", "open"] });

      expect(await rig.names(DEFAULT)).toEqual(["open", "then", "none"]);
      expect(await rig.status("waits")).toBe("blocked");
    });

    it("does not wait for one that is dead", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("first");
      const { lease, job } = await rig.run("first");
      await lease.settle(dead(job));

      await rig.enqueue("then", { prereqs: ["first"] });

      expect(await rig.status("then")).toBe("enqueued");
    });

    it("waits for one of its own batch, in front or behind", async () => {
      const rig = await Rig.open(create);

      await rig.adapter.enqueue([
        await rig.entry("before", { prereqs: ["first"] }),
        await rig.entry("first"),
        await rig.entry("after", { prereqs: ["first"] }),
      ]);
      expect(await rig.names(DEFAULT)).toEqual(["first"]);
      await rig.finish("first");
      await rig.releaseBlocked();

      expect(await rig.names(DEFAULT)).toEqual(["before", "after"]);
    });

    it("keeps its due time: scheduled when released before, enqueued when after", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["first", "second"]);
      await rig.enqueue("early", { prereqs: ["first"], inTicks: 20 });
      await rig.enqueue("late", { prereqs: ["second"], inTicks: 1 });
      const { at } = await rig.find(BLOCKED, "early");

      await rig.finish("first");
      await rig.elapse(2);
      await rig.finish("second");
      await rig.releaseBlocked();

      expect(await rig.statuses("early", "late")).toEqual({ early: "scheduled", late: "enqueued" });
      expect((await rig.find({ set: "scheduled" }, "early")).at).toBe(at);
      expect((await rig.adapter.promoteDue()).nextAt).toBeCloseTo(at!, 3);
    });

    it("goes into the order of its queue when it is released", async () => {
      const rig = await Rig.open(create);
      await rig.lease();
      await rig.enqueue("first");
      await rig.enqueue("then1", { prereqs: ["first"], priority: 1 });
      await rig.enqueue("then2", { prereqs: ["first"] });
      await rig.enqueue("then3", { prereqs: ["first"] });
      await rig.finish("first");
      await rig.enqueue("plain");

      await rig.releaseBlocked();

      expect(await rig.names(DEFAULT)).toEqual(
        rig.adapter.capabilities.priorities
          ? ["plain", "then2", "then3", "then1"]
          : ["plain", "then1", "then2", "then3"],
      );
    });

    it("is released in a chain, one after the other", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      await rig.enqueue("b", { prereqs: ["a"] });
      await rig.enqueue("c", { prereqs: ["b"] });

      await rig.finish("a");
      await rig.releaseBlocked();
      expect(await rig.statuses("b", "c")).toEqual({ b: "enqueued", c: "blocked" });
      await rig.finish("b");
      await rig.releaseBlocked();

      expect(await rig.status("c")).toBe("enqueued");
    });

    it("is released in slices of at most 500, each job once", async () => {
      const rig = await Rig.open(create);
      const other = await rig.connect();
      const names = Array.from({ length: 1_200 }, (_, index) => `job${index}`);
      await rig.enqueue("first");
      await rig.enqueueAll(names, { prereqs: ["first"] });

      await rig.finish("first");
      const slices = await Promise.all(
        Array.from({ length: 6 }, (_, index) => (index % 2 ? rig.adapter : other).releaseBlocked()),
      );

      expect(Math.max(...slices)).toBeLessThanOrEqual(500);
      expect(slices.reduce((sum, size) => sum + size, 0)).toBe(1_200);
      expect((await rig.names(DEFAULT, 1_000)).toSorted()).toEqual(names.toSorted());
    });
  });
}
