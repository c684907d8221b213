import { describe, expect, it } from "vitest";
import { done, release, requeue, retry } from "./jobs.ts";
import { Rig, type CreateStore } from "./rig.ts";

export function noticeContract(create: CreateStore): void {
  describe("a worker hears of work", () => {
    it("when a job is enqueued", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await lease.fetch();

      await lease.hearsOfWork(() => rig.enqueue("a"));

      expect(await lease.fetchNames()).toEqual(["a"]);
    });

    it("when another adapter on the store enqueues one", async () => {
      const rig = await Rig.open(create);
      const [lease, other] = [await rig.lease(), await rig.connect()];
      const entry = await rig.entry("a");
      await lease.fetch();

      await lease.hearsOfWork(() => other.enqueue([entry]));

      expect(await lease.fetchNames()).toEqual(["a"]);
    });

    it("as all others do", async () => {
      const rig = await Rig.open(create);
      const leases = [await rig.lease(), await rig.lease({}, await rig.connect())];
      await Promise.all(leases.map((lease) => lease.fetch()));

      const [first, second] = leases;
      await first!.hearsOfWork(() => second!.hearsOfWork(() => rig.enqueue("a")));

      expect(await rig.status("a")).toBe("enqueued");
    });

    it("again and again, each time it asked in vain", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();

      for (let round = 0; round < 20; round += 1) {
        expect(await lease.fetch()).toEqual([]);
        await lease.hearsOfWork(() => rig.enqueue(`job${round}`));
        expect(await lease.fetchNames(1)).toEqual([`job${round}`]);
      }
    });

    it("for whatever came while it was asking", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();

      for (let round = 0; round < 20; round += 1) {
        const heard = lease.workHeard;
        const [jobs] = await Promise.all([lease.fetch(1), rig.enqueue(`job${round}`)]);
        if (jobs.length === 0) {
          await lease.hearsMoreThan(heard);
        }
        expect([...jobs, ...(await lease.fetch(1))]).toHaveLength(1);
      }
    });

    it("when a job is promoted", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await rig.enqueue("a", { inTicks: 1 });
      await rig.elapse(2);
      await lease.fetch();

      await lease.hearsOfWork(() => rig.adapter.promoteDue());

      expect(await lease.fetchNames()).toEqual(["a"]);
    });

    it("when blocked jobs are free, and when they are handed on", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("first");
      await rig.enqueue("then", { prereqs: ["first"] });
      const { lease, job } = await rig.run("first");
      const other = await rig.lease();
      await other.fetch();

      await other.hearsOfWork(() => lease.settle(done(job)));
      await other.fetch();
      await other.hearsOfWork(() => rig.adapter.releaseBlocked());

      expect(await other.fetchNames()).toEqual(["then"]);
    });

    it("when operators free blocked jobs", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      const place = { set: "scheduled" } as const;
      await rig.enqueue("first", { inTicks: 20 });
      await rig.enqueue("then", { prereqs: ["first"] });
      const first = await rig.find(place, "first");
      await lease.fetch();

      await lease.hearsOfWork(() => rig.store.delete(place, first));

      expect(await rig.releaseBlocked()).toEqual([1]);
    });

    it("when another hands a job back, or requeues it", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await rig.enqueueAll(["a", "b", "c"]);
      const [first, second, third] = [await rig.run("a"), await rig.run("b"), await rig.run("c")];

      await lease.fetch();
      await lease.hearsOfWork(() => first.lease.settle(release(first.job)));
      expect(await lease.fetchNames()).toEqual(["a"]);

      await lease.fetch();
      await lease.hearsOfWork(() => second.lease.settle(requeue(second.job)));
      expect(await lease.fetchNames()).toEqual(["b"]);

      await lease.fetch();
      await lease.hearsOfWork(() => third.lease.close());
      expect(await lease.fetchNames()).toEqual(["c"]);
    });

    it("when the jobs of a dead worker are recovered", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await rig.enqueue("a");
      const dying = await rig.run("a");
      await rig.die(dying.lease);
      await lease.fetch();

      await lease.hearsOfWork(() => rig.adapter.recover());

      expect(await lease.fetchNames()).toEqual(["a"]);
    });

    it("when a queue is resumed", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await rig.store.pause("default");
      await rig.enqueue("a");
      await lease.fetch();

      await lease.hearsOfWork(() => rig.store.resume("default"));

      expect(await lease.fetchNames()).toEqual(["a"]);
    });

    it("when operators put a job into its queue", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      const place = { set: "scheduled" } as const;
      await rig.enqueue("a", { inTicks: 20 });
      const stored = await rig.find(place, "a");
      await lease.fetch();

      await lease.hearsOfWork(() => rig.store.move(place, stored, "queue", stored.payload));

      expect(await lease.fetchNames()).toEqual(["a"]);
    });
  });

  describe("a worker hears of an earlier due time", () => {
    it("when a job is scheduled", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await rig.adapter.promoteDue();
      const at = (await rig.now()) + 20 * rig.tick;

      expect(await lease.hearsOfDue(() => rig.enqueue("late", { at }))).toBeCloseTo(at, 3);
    });

    it("when one is scheduled by another adapter, before all others", async () => {
      const rig = await Rig.open(create);
      const [lease, other] = [await rig.lease(), await rig.connect()];
      const at = (await rig.now()) + 20 * rig.tick;
      await lease.hearsOfDue(() => rig.enqueue("late", { at: at + rig.tick }));
      const entry = await rig.entry("early", { at });

      expect(await lease.hearsOfDue(() => other.enqueue([entry]))).toBeCloseTo(at, 3);
    });

    it("when a job is to be retried or requeued", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["a", "b"]);
      const lease = await rig.lease();
      const [a, b] = await lease.fetch();
      const at = (await rig.now()) + 20 * rig.tick;

      expect(await lease.hearsOfDue(() => lease.settle(retry(a!, at)))).toBeCloseTo(at, 3);
      const earlier = at - rig.tick;
      const heard = await lease.hearsOfDue(() => lease.settle(requeue(b!, earlier)));
      expect(heard).toBeCloseTo(earlier, 3);
    });

    it("when a blocked job is handed on before its time", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("first");
      await rig.enqueue("then", { prereqs: ["first"], inTicks: 20 });
      const { at } = await rig.find({ set: "blocked" }, "then");
      const { lease, job } = await rig.run("first");
      await lease.settle(done(job));

      const heard = await lease.hearsOfDue(() => rig.adapter.releaseBlocked());
      expect(heard).toBeCloseTo(at!, 3);
    });

    it("after an earlier one has been promoted", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await rig.enqueue("soon", { inTicks: 1 });
      await rig.elapse(2);
      await rig.adapter.promoteDue();
      const at = (await rig.now()) + 20 * rig.tick;

      expect(await lease.hearsOfDue(() => rig.enqueue("late", { at }))).toBeCloseTo(at, 3);
    });
  });
}
