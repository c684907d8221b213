import { describe, expect, it } from "vitest";
import { queueKey } from "../adapters/hold.ts";
import { holdersOf, offer, openHolds, runAll, token, turn } from "./hold-rig.ts";
import { done, release } from "./jobs.ts";
import type { CreateStore } from "./rig.ts";

export function ratesContract(create: CreateStore): void {
  describe("tokens", () => {
    it("are spent at once up to the burst, and then one by one as time passes", async ({
      skip,
    }) => {
      const { rig, holds } = await openHolds(create, skip);
      const rate = { to: 1, seconds: 2 * rig.tick, burst: 2 };
      await offer(rig, ["a", "b", "c", "d"], { holds: [token(rate)] });
      const lease = await rig.lease();

      expect(await lease.fetchNames()).toEqual(["a", "b"]);
      expect(await rig.status("c")).toBe("blocked");
      expect(await holds.read(["k"])).toMatchObject([{ rate, held: 0, waiting: 2 }]);

      await rig.elapse(2.2);
      await rig.adapter.promoteDue();
      expect(await lease.fetchNames()).toEqual(["c"]);
      await rig.elapse(2.2);
      await rig.adapter.promoteDue();
      expect(await lease.fetchNames()).toEqual(["d"]);
    });

    it("are not given back by runs that end", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      const rate = { to: 1, seconds: 1_000 * rig.tick, burst: 1 };
      await offer(rig, ["a", "b"], { holds: [token(rate)] });

      expect(await runAll(rig)).toEqual(["a"]);
    });

    it("are given back with jobs that are released", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      const rate = { to: 1, seconds: 1_000 * rig.tick, burst: 1 };
      await offer(rig, ["a", "b"], { holds: [token(rate)] });
      const lease = await rig.lease();
      const job = await lease.fetchOne();
      expect(await lease.fetch()).toEqual([]);

      await lease.settle(release(job));

      expect(await lease.fetchNames()).toEqual(["a"]);
    });

    it("say when the next one is due", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      const rate = { to: 1, seconds: 3 * rig.tick, burst: 1 };
      await offer(rig, ["a", "b"], { holds: [token(rate)] });
      const lease = await rig.lease();
      const before = await rig.now();

      const due = await lease.hearsOfDue(() => lease.fetch());

      expect(due).toBeGreaterThan(before + rig.tick);
      expect(due).toBeLessThanOrEqual((await rig.now()) + 3 * rig.tick);
      const { nextAt } = await rig.adapter.promoteDue();
      expect(nextAt).toBeCloseTo(due, 3);
    });

    it("obey a later rate, which what waits obeys too", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      const rate = { to: 1, seconds: 1_000 * rig.tick, burst: 1 };
      await offer(rig, ["a", "b", "c"], { holds: [token(rate)] });
      const lease = await rig.lease();
      expect(await lease.fetchNames()).toEqual(["a"]);

      await holds.limit("k", { rate: { to: 1_000, seconds: rig.tick, burst: 3 } });
      await rig.elapse(1);
      await rig.adapter.promoteDue();

      expect(await lease.fetchNames()).toEqual(["b", "c"]);
    });

    it("are not spent where a turn is missing", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      const rate = { to: 1, seconds: 1_000 * rig.tick, burst: 2 };
      const both = [token(rate, { key: "rate" }), turn()];
      await offer(rig, ["a", "b", "c"], { holds: both });
      const lease = await rig.lease();
      const job = await lease.fetchOne();
      expect(await lease.fetch()).toEqual([]);

      await lease.settle(done(job));

      expect(await lease.fetchNames()).toEqual(["b"]);
    });
  });

  describe("a queue's key", () => {
    it("limits its jobs, which need not name it", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      await holds.limit(queueKey("default"), { to: 2 });
      await rig.enqueueAll(["a", "b", "c"]);
      await rig.enqueue("other", { queue: "other" });
      const lease = await rig.lease();

      const jobs = await lease.fetch();
      expect(jobs).toHaveLength(2);
      expect(await lease.fetchNames(10, ["default", "other"])).toEqual(["other"]);
      expect(await rig.status("c")).toBe("enqueued");
      expect(await holdersOf(holds, queueKey("default"))).toEqual(["a", "b"]);
      await lease.hearsOfWork(() => lease.settle(...jobs.slice(0, 1).map(done)));

      expect(await lease.fetchNames()).toEqual(["c"]);
    });

    it("may have a rate besides", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      const rate = { to: 1, seconds: 2 * rig.tick, burst: 1 };
      await holds.limit(queueKey("default"), { to: 5, rate });
      await rig.enqueueAll(["a", "b"]);
      const lease = await rig.lease();
      expect(await lease.fetchNames()).toEqual(["a"]);

      await rig.elapse(2.2);
      await rig.adapter.promoteDue();

      expect(await lease.fetchNames()).toEqual(["b"]);
    });

    it("may be ended, so that nothing is left of it", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      await holds.limit(queueKey("default"), { to: 1 });
      await rig.enqueueAll(["a", "b"]);
      const lease = await rig.lease();
      const job = await lease.fetchOne();
      expect(await lease.fetch()).toEqual([]);

      await lease.hearsOfWork(() => holds.limit(queueKey("default"), { to: Infinity }));

      expect(await lease.fetchNames()).toEqual(["b"]);
      await lease.settle(done(job));
      expect(await holds.read([queueKey("default")])).toEqual([undefined]);
    });

    it("counts what a worker releases as given back", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      await holds.limit(queueKey("default"), { to: 1 });
      await rig.enqueueAll(["a", "b"]);
      const lease = await rig.lease();

      await lease.settle(release(await lease.fetchOne()));

      expect(await holdersOf(holds, queueKey("default"))).toEqual([]);
      expect(await runAll(rig)).toEqual(["a", "b"]);
    });
  });
}
