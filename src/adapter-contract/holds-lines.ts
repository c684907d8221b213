import { describe, expect, it } from "vitest";
import { holdersOf, inLine, offer, openHolds, runAll, unique } from "./hold-rig.ts";
import { block, dead, done, jid, nameOf } from "./jobs.ts";
import type { CreateStore } from "./rig.ts";

const BLOCKED = { set: "blocked" } as const;

export function linesContract(create: CreateStore): void {
  describe("a hold from enqueue that parks", () => {
    it("blocks the job until the key is free, one after the other", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);

      const answer = await offer(rig, ["a", "b", "c"], { holds: [inLine()] });

      expect(answer.refused).toEqual([]);
      expect(await rig.statuses("a", "b", "c")).toEqual({
        a: "enqueued",
        b: "blocked",
        c: "blocked",
      });
      expect(await rig.find(BLOCKED, "b")).toMatchObject({ waitsFor: "k" });
      expect(await holds.inTheWay(jid("b"))).toEqual([{ key: "k", holder: jid("a") }]);
      const { releasable } = await rig.finish("a");
      expect(releasable).toBe(true);
      expect(await rig.releaseBlocked()).toEqual([1]);
      expect(await holdersOf(holds)).toEqual(["b"]);
      expect(await runAll(rig)).toEqual(["b", "c"]);
    });

    it("lets nobody in front of those that wait", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      await offer(rig, ["a", "b"], { holds: [inLine()] });
      await rig.finish("a");

      await offer(rig, ["c"], { holds: [inLine()] });

      expect(await runAll(rig)).toEqual(["b", "c"]);
    });

    it("comes before prerequisites and time", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      await rig.enqueue("prereq", { queue: "other" });
      await offer(rig, ["a"], { holds: [inLine({ to: 1 })] });
      await offer(rig, ["b"], { holds: [inLine()], prereqs: ["prereq"] });
      await rig.finish("a");
      await rig.releaseBlocked();
      await offer(rig, ["c"], { holds: [inLine()], inTicks: 1_000 });
      expect(await rig.statuses("b", "c")).toEqual({ b: "blocked", c: "blocked" });
      expect((await rig.find(BLOCKED, "b")).waitsFor).toBeUndefined();

      const lease = await rig.lease();
      await lease.settle(done(await lease.fetchOne("other")));
      await rig.releaseBlocked();
      expect(await lease.fetchNames()).toEqual(["b"]);
      await lease.close();
      await rig.finish("b");
      await rig.releaseBlocked();

      expect(await rig.status("c")).toBe("scheduled");
    });

    it("takes several keys together, and keeps none for a job that waits", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      const [one, two] = [inLine({ key: "one" }), inLine({ key: "two" })];
      await offer(rig, ["a"], { holds: [two] });
      await offer(rig, ["b"], { holds: [one, two] });

      await offer(rig, ["c"], { holds: [one] });

      expect(await rig.statuses("b", "c")).toEqual({ b: "blocked", c: "enqueued" });
      await rig.finish("a");
      await rig.releaseBlocked();
      expect(await rig.status("b")).toBe("blocked");
      expect(await holdersOf(holds, "two")).toEqual([]);
      await rig.finish("c");
      await rig.releaseBlocked();
      expect(await rig.status("b")).toBe("enqueued");
      expect([await holdersOf(holds, "one"), await holdersOf(holds, "two")]).toEqual([
        ["b"],
        ["b"],
      ]);
    });

    it("lets the next go on where the time of one is over", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      const hold = inLine({ until: "time", seconds: 1.5 * rig.tick });
      await offer(rig, ["a", "b"], { holds: [hold] });
      await rig.finish("a");
      expect(await rig.releaseBlocked()).toEqual([]);
      const { nextAt } = await rig.adapter.promoteDue();
      expect(nextAt).toBeLessThanOrEqual((await rig.now()) + 1.5 * rig.tick);

      await rig.elapse(2);
      await rig.adapter.promoteDue();
      await rig.releaseBlocked();

      expect(await rig.status("b")).toBe("enqueued");
    });

    it.for([
      ["deleted", "finished"],
      ["cancelled", "cancelled"],
      ["run", "enqueued"],
      ["killed", "dead"],
    ] as const)("lets a job leave the line that is: %s", async ([deed, status], { skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      await offer(rig, ["a", "b", "c"], { holds: [inLine()] });
      const job = await rig.find(BLOCKED, "b");

      if (deed === "deleted") await rig.store.delete(BLOCKED, job);
      else if (deed === "cancelled") await rig.store.cancel(jid("b"));
      else await rig.store.move(BLOCKED, job, deed === "run" ? "queue" : "dead", job.payload);

      expect(await rig.status("b")).toBe(status);
      expect(await holds.read(["k"])).toMatchObject([{ held: 1, waiting: 1 }]);
      await rig.finish("a");
      await rig.releaseBlocked();
      expect(await holdersOf(holds)).toEqual(["c"]);
    });

    it("lets the line pass where more may hold the key", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      await offer(rig, ["a", "b", "c"], { holds: [inLine()] });

      await holds.limit("k", { to: 2 });
      await rig.releaseBlocked();

      expect(await rig.statuses("b", "c")).toEqual({ b: "enqueued", c: "blocked" });
    });

    it("lets hundreds go on in slices", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      const names = Array.from({ length: 700 }, (_, index) => `job ${index}`);
      await offer(rig, names, { holds: [inLine()] });

      await holds.limit("k", { to: Infinity });
      const slices = await rig.releaseBlocked();

      expect(slices.every((size) => size <= 500)).toBe(true);
      expect(slices.reduce((sum, size) => sum + size, 0)).toBe(699);
      expect(await rig.names({ queue: "default" }, 1_000)).toEqual(names);
    });
  });

  describe("jobs that watch a key", () => {
    const member = unique({ until: "over", to: Infinity });

    it("go on once nobody holds it", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      await offer(rig, ["a", "b"], { holds: [member] });
      await offer(rig, ["callback"], {
        holds: [inLine({ until: "fetched", waitsFor: "empty" })],
        queue: "callbacks",
      });
      expect(await holds.read(["k"])).toMatchObject([{ held: 2, taken: 2, waiting: 1 }]);

      await rig.finish("a");
      expect(await rig.releaseBlocked()).toEqual([]);
      await rig.finish("b");

      expect(await rig.releaseBlocked()).toEqual([1]);
      expect(await rig.names({ queue: "callbacks" })).toEqual(["callback"]);
      expect(await holdersOf(holds)).toEqual([]);
    });

    it("go on at once where nobody holds it", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);

      await offer(rig, ["callback"], { holds: [inLine({ waitsFor: "empty" })] });

      expect(await rig.status("callback")).toBe("enqueued");
    });

    it("wait for code that holds it, too, until that gives it back", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      const seconds = 100 * rig.tick;
      expect(await holds.take("k", "opening", { to: Infinity, seconds })).toEqual({ taken: true });
      await offer(rig, ["callback"], { holds: [inLine({ waitsFor: "empty" })] });
      expect(await rig.status("callback")).toBe("blocked");

      await holds.giveBack("k", "opening");
      await rig.releaseBlocked();

      expect(await rig.status("callback")).toBe("enqueued");
    });

    it("go on with the first death, and others with the end of the last attempt", async ({
      skip,
    }) => {
      const { rig } = await openHolds(create, skip);
      const attempt = unique({ key: "attempts", until: "attempted", to: Infinity });
      await offer(rig, ["a", "b"], { holds: [member, attempt] });
      const watch = { until: "fetched", queue: "callbacks" } as const;
      await offer(rig, ["death"], {
        ...watch,
        holds: [inLine({ until: "fetched", waitsFor: "death" })],
      });
      await offer(rig, ["success"], {
        ...watch,
        holds: [inLine({ until: "fetched", waitsFor: "empty" })],
      });
      await offer(rig, ["complete"], {
        ...watch,
        holds: [inLine({ key: "attempts", until: "fetched", waitsFor: "empty" })],
      });
      const lease = await rig.lease();
      const jobs = await lease.fetch(2);
      const [a, b] = [named(jobs, "a"), named(jobs, "b")];

      await lease.settle(block(b, ["a"]));
      await rig.releaseBlocked();
      expect(await rig.names({ queue: "callbacks" })).toEqual([]);
      await lease.settle(dead(a));
      await rig.releaseBlocked();
      expect(await rig.names({ queue: "callbacks" })).toEqual(["death"]);
      await lease.close();
      await rig.finish("b");
      await rig.releaseBlocked();

      expect(await rig.names({ queue: "callbacks" })).toEqual(["death", "complete"]);
      expect(await rig.status("success")).toBe("blocked");
    });
  });
}

function named<Job extends { readonly payload: string }>(jobs: readonly Job[], name: string): Job {
  const job = jobs.find(({ payload }) => nameOf(payload) === name);
  expect(job).toBeDefined();
  return job as Job;
}
