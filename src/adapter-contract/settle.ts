import { describe, expect, it } from "vitest";
import { block, dead, done, failed, jid, release, requeue, retry, runOf } from "./jobs.ts";
import { Rig, type CreateStore } from "./rig.ts";

const DEFAULT = { queue: "default" };

export function settleContract(create: CreateStore): void {
  describe("settling", () => {
    it("done: finishes the job", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease, job } = await rig.run("a");

      const { refused, jobs } = await lease.settle(done(job));

      expect({ refused, jobs }).toEqual({ refused: [], jobs: [] });
      expect(await rig.status("a")).toBe("finished");
      expect(await rig.store.running()).toEqual([]);
      expect(await rig.store.counters()).toEqual({ processed: 1, failed: 0 });
    });

    it("done, failed: finishes the job and counts a failure", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease, job } = await rig.run("a");

      await lease.settle(failed(job));

      expect(await rig.status("a")).toBe("finished");
      expect(await rig.store.counters()).toEqual({ processed: 1, failed: 1 });
    });

    it("retry: keeps the new payload until its time, for the queue it names", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease, job } = await rig.run("a");
      const at = (await rig.now()) + 2 * rig.tick;

      await lease.settle(retry(job, at, "slow"));

      const stored = await rig.find({ set: "retry" }, "a");
      expect(stored).toMatchObject({ jid: jid("a"), queue: "slow" });
      expect(stored.at).toBeCloseTo(at, 3);
      expect(runOf(stored.payload)).toBe(1);
      expect(await rig.status("a")).toBe("retrying");
      expect(await rig.store.counters()).toEqual({ processed: 1, failed: 1 });
    });

    it("retry: waits for promotion also when its time has come", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease, job } = await rig.run("a");

      await lease.settle(retry(job, (await rig.now()) - 1));
      expect(await rig.status("a")).toBe("retrying");
      await rig.adapter.promoteDue();

      expect(await rig.status("a")).toBe("enqueued");
    });

    it("requeue: puts the job at the end of its queue, without a failure", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["a", "b"]);
      const { lease, job } = await rig.run("a");

      await lease.settle(requeue(job));

      expect(await rig.names(DEFAULT)).toEqual(["b", "a"]);
      expect(runOf((await rig.find(DEFAULT, "a")).payload)).toBe(1);
      expect(await rig.store.counters()).toEqual({ processed: 1, failed: 0 });
    });

    it("requeue: schedules the job where a time is given that has not come", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["later", "now"]);
      const lease = await rig.lease();
      const [later, now] = await lease.fetch();
      const at = (await rig.now()) + 2 * rig.tick;

      await lease.settle(requeue(later!, at), requeue(now!, at - 3 * rig.tick));

      expect((await rig.find({ set: "scheduled" }, "later")).at).toBeCloseTo(at, 3);
      expect(await rig.statuses("later", "now")).toEqual({ later: "scheduled", now: "enqueued" });
    });

    it("requeue: takes another queue", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease, job } = await rig.run("a");

      await lease.settle(requeue(job, undefined, "other"));

      expect(await rig.names({ queue: "other" })).toEqual(["a"]);
      expect(await rig.store.queueNames()).toEqual(["default", "other"]);
    });

    it("dead: keeps the job with the moment of its death", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease, job } = await rig.run("a");
      const before = await rig.now();

      await lease.settle(dead(job));

      const stored = await rig.find({ set: "dead" }, "a");
      expect(stored).toMatchObject({ jid: jid("a"), queue: "default" });
      expect(stored.at).toBeGreaterThanOrEqual(before - 0.001);
      expect(stored.at).toBeLessThanOrEqual((await rig.now()) + 0.001);
      expect(runOf(stored.payload)).toBe(1);
      expect(await rig.status("a")).toBe("dead");
      expect(await rig.store.counters()).toEqual({ processed: 1, failed: 1 });
    });

    it("block: keeps the job until its prerequisites are finished, without a failure", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["a", "first"]);
      const { lease, job } = await rig.run("a");

      await lease.settle(block(job, ["first"]));

      expect(runOf((await rig.find({ set: "blocked" }, "a")).payload)).toBe(1);
      expect(await rig.status("a")).toBe("blocked");
      expect(await rig.store.counters()).toEqual({ processed: 0, failed: 0 });
    });

    it("release: puts the job back where it was, byte for byte", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["a", "b"]);
      const before = await rig.stored(DEFAULT);
      const { lease, job } = await rig.run("a");

      await lease.settle(release(job));

      expect(await rig.stored(DEFAULT)).toEqual(before);
      expect(await rig.store.counters()).toEqual({ processed: 0, failed: 0 });
    });

    it("release: restores the old order, in whatever order jobs are given back", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["a", "b", "c", "d"]);
      const lease = await rig.lease();
      const [a, b, c] = await lease.fetch(3);

      await lease.settle(release(b!), release(c!), release(a!));

      expect(await rig.names(DEFAULT)).toEqual(["a", "b", "c", "d"]);
    });

    prioritiesKept(create);
  });
}

function prioritiesKept(create: CreateStore): void {
  it("keeps the job's priority, whatever way it comes back", async () => {
    const rig = await Rig.open(create);
    const lease = await rig.lease();
    await rig.enqueueAll(["retried", "requeued", "released", "scheduled"], { priority: -1 });
    await rig.enqueueAll(["plain1", "plain2"]);
    const [retried, requeued, released, scheduled] = await lease.fetch(4);
    const now = await rig.now();

    await lease.settle(
      retry(retried!, now - 1),
      requeue(requeued!),
      release(released!),
      requeue(scheduled!, now + rig.tick),
    );
    await rig.elapse(2);
    await rig.adapter.promoteDue();

    expect(await rig.names(DEFAULT)).toEqual(
      rig.adapter.capabilities.priorities
        ? ["released", "requeued", "retried", "scheduled", "plain1", "plain2"]
        : ["released", "plain1", "plain2", "requeued", "retried", "scheduled"],
    );
  });
}
