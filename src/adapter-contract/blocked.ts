import { describe, expect, it } from "vitest";
import { block, fieldsOf, jid } from "./jobs.ts";
import { Rig, type CreateStore } from "./rig.ts";

const DEFAULT = { queue: "default" };
const BLOCKED = { set: "blocked" } as const;

export function blockedContract(create: CreateStore): void {
  describe("a blocked job", () => {
    it("can become blocked after it was fetched", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["then", "a", "b"]);
      const { lease, job } = await rig.run("then");

      await lease.settle(block(job, ["a", "b"]));
      await rig.finish("a");
      expect(await rig.releaseBlocked()).toEqual([]);
      await rig.finish("b");
      await rig.releaseBlocked();

      expect(await rig.names(DEFAULT)).toEqual(["then"]);
      expect(fieldsOf((await rig.find(DEFAULT, "then")).payload)).toMatchObject({
        args: ["then", 1],
        enqueued_at: expect.closeTo(await rig.now(), 0),
      });
    });

    it("goes to the end of its queue where the prerequisites have finished meanwhile", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["then", "first", "other"]);
      const { lease, job } = await rig.run("then");
      await rig.finish("first");

      await lease.settle(block(job, ["first", "never-seen"]));
      await rig.releaseBlocked();

      expect(await rig.names(DEFAULT)).toEqual(["other", "then"]);
    });

    it("is found by the job that it waits for, until that is over", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["first", "other"]);
      for (const name of ["b", "a", "c"]) {
        await rig.enqueue(name, { prereqs: ["first", "other"] });
      }

      expect(await rig.store.dependents(jid("first"), 10)).toEqual(["b", "a", "c"].map(jid));
      expect(await rig.store.dependents(jid("first"), 2)).toEqual(["b", "a"].map(jid));
      await rig.store.delete(BLOCKED, await rig.find(BLOCKED, "a"));
      expect(await rig.store.dependents(jid("other"), 10)).toEqual(["b", "c"].map(jid));

      await rig.finish("first");

      expect(await rig.store.dependents(jid("first"), 10)).toEqual([]);
      expect(await rig.store.dependents(jid("b"), 10)).toEqual([]);
    });

    it("waits no longer once operators moved it to its queue", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["first", "other"]);
      await rig.enqueue("then", { prereqs: ["first"] });
      const stored = await rig.find(BLOCKED, "then");

      expect(await rig.store.move(BLOCKED, stored, "queue", stored.payload)).toBe(true);
      const { releasable } = await rig.finish("first");

      expect(releasable).toBe(false);
      expect(await rig.releaseBlocked()).toEqual([]);
      expect(await rig.names(DEFAULT)).toEqual(["other", "then"]);
    });

    it("is forgotten by its prerequisites once it is deleted", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["first", "second"]);
      await rig.enqueue("then", { prereqs: ["first"] });
      await rig.store.delete(BLOCKED, await rig.find(BLOCKED, "then"));
      await rig.enqueue("then", { prereqs: ["second"] });

      await rig.finish("first");
      expect(await rig.releaseBlocked()).toEqual([]);

      expect(await rig.status("then")).toBe("blocked");
    });

    it("can be deleted, killed or run when it is free but not yet handed on", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("first");
      await rig.enqueueAll(["deleted", "killed", "run", "left"], { prereqs: ["first"] });
      await rig.finish("first");
      const [deleted, killed, run] = await rig.stored(BLOCKED);

      await rig.store.delete(BLOCKED, deleted!);
      await rig.store.move(BLOCKED, killed!, "dead", killed!.payload);
      await rig.store.move(BLOCKED, run!, "queue", run!.payload);
      expect(await rig.releaseBlocked()).toEqual([1]);

      expect(await rig.names(DEFAULT)).toEqual(["run", "left"]);
      expect(await rig.statuses("deleted", "killed")).toEqual({
        deleted: "finished",
        killed: "dead",
      });
    });
  });
}
