import { describe, expect, it } from "vitest";
import { block, dead, done, failed, namesOf, release, requeue, retry } from "./jobs.ts";
import { Rig, type CreateStore } from "./rig.ts";

const DEFAULT = { queue: "default" };

export function settleManyContract(create: CreateStore): void {
  describe("settling many, twice, or what is not held", () => {
    it("settles many at once, each in its way", async () => {
      const rig = await Rig.open(create);
      const names = ["done", "failed", "retry", "requeue", "dead", "release", "block"];
      await rig.enqueueAll([...names, "first"]);
      const lease = await rig.lease();
      const jobs = await lease.fetch(7);
      const at = (await rig.now()) + rig.tick;

      await lease.settle(
        done(jobs[0]!),
        failed(jobs[1]!),
        retry(jobs[2]!, at),
        requeue(jobs[3]!),
        dead(jobs[4]!),
        release(jobs[5]!),
        block(jobs[6]!, ["first"]),
      );

      expect(await rig.statuses(...names)).toEqual({
        done: "finished",
        failed: "finished",
        retry: "retrying",
        requeue: "enqueued",
        dead: "dead",
        release: "enqueued",
        block: "blocked",
      });
      expect(await rig.store.counters()).toEqual({ processed: 5, failed: 3 });
    });

    it("settles nothing where one is to come back at no time", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["a", "b"]);
      const lease = await rig.lease();
      const [a, b] = await lease.fetch();

      await expect(lease.settle(done(a!), retry(b!, NaN))).rejects.toThrow(TypeError);

      expect(await rig.statuses("a", "b")).toEqual({ a: "running", b: "running" });
    });

    it("settles before it fetches", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["a", "b"]);
      const { lease, job } = await rig.run("a");

      const { jobs } = await lease.exchange([release(job)], { queues: ["default"], limit: 1 });

      expect(namesOf(jobs)).toEqual(["a"]);
      expect(jobs[0]).not.toBe(job);
    });

    it("ignores an outcome that was settled before", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease, job } = await rig.run("a");

      await lease.settle(requeue(job));
      const { refused } = await lease.settle(requeue(job));

      expect(refused).toEqual([]);
      expect(await rig.names(DEFAULT)).toEqual(["a"]);
      expect(await rig.store.counters()).toEqual({ processed: 1, failed: 0 });
    });

    it("ignores another outcome of a run that was settled", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease, job } = await rig.run("a");

      await lease.settle(retry(job, (await rig.now()) + rig.ttl));
      const { refused } = await lease.settle(done(job), dead(job), release(job));

      expect(refused).toEqual([]);
      expect(await rig.status("a")).toBe("retrying");
      expect(await rig.store.counters()).toEqual({ processed: 1, failed: 1 });
    });

    it("takes the first of two outcomes in one exchange", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease, job } = await rig.run("a");

      await lease.settle(done(job), requeue(job));

      expect(await rig.status("a")).toBe("finished");
      expect(await rig.store.counters()).toEqual({ processed: 1, failed: 0 });
    });

    it("does not take an old receipt for a later run of the same job", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease, job } = await rig.run("a");
      await lease.settle(release(job));
      await lease.fetchOne();

      await lease.settle(done(job));

      expect(await rig.status("a")).toBe("running");
    });

    it("refuses an outcome of a job that another worker holds", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { job } = await rig.run("a");
      const thief = await rig.lease();

      const { refused } = await thief.settle(done(job));

      expect(refused).toHaveLength(1);
      expect(refused[0]).toBe(job);
      expect(await rig.status("a")).toBe("running");
      expect(await rig.store.counters()).toEqual({ processed: 0, failed: 0 });
    });

    it("settles the rest where one outcome is refused", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["a", "b"]);
      const { job: others } = await rig.run("a");
      const { lease, job } = await rig.run("b");

      const { refused } = await lease.settle(done(others), done(job));

      expect(namesOf(refused)).toEqual(["a"]);
      expect(await rig.statuses("a", "b")).toEqual({ a: "running", b: "finished" });
    });

    it("refuses what only looks like a receipt", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease, job } = await rig.run("a");
      const copy = { ...job };

      const { refused } = await lease.settle(done(copy));

      expect(refused[0]).toBe(copy);
      expect(await rig.status("a")).toBe("running");
    });
  });
}
