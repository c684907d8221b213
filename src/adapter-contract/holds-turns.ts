import { describe, expect, it } from "vitest";
import { holdersOf, offer, openHolds, runAll, turn, unique } from "./hold-rig.ts";
import { block, dead, done, ended, jid, namesOf, release, requeue, retry } from "./jobs.ts";
import type { CreateStore } from "./rig.ts";

const FAR = 2_000_000_000;

export function turnsContract(create: CreateStore): void {
  describe("a turn", () => {
    it("is taken as the job is handed out; others wait in their queue", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      await offer(rig, ["a", "b"], { holds: [turn()] });
      await rig.enqueue("c");
      const lease = await rig.lease();

      expect(await lease.fetchNames()).toEqual(["a", "c"]);

      expect(await rig.statuses("a", "b")).toEqual({ a: "running", b: "blocked" });
      expect(await holdersOf(holds)).toEqual(["a"]);
      expect(await holds.read(["k"])).toMatchObject([{ key: "k", to: 1, held: 1, waiting: 1 }]);
      expect(await holds.inTheWay(jid("b"))).toEqual([{ key: "k", holder: jid("a") }]);
      expect(await rig.adapter.unfinished([jid("b")])).toEqual([jid("b")]);
    });

    it("is handed on, with the job, in the order of enqueueing", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      const names = ["a", "b", "c", "d", "e"];
      await offer(rig, names, { holds: [turn()] });
      const lease = await rig.lease();
      const [first] = await lease.fetch();

      expect(await runAll(rig)).toEqual([]);
      await lease.settle(...(first === undefined ? [] : [done(first)]));

      expect(await runAll(rig)).toEqual(["b", "c", "d", "e"]);
    });

    it("is had by as many as there may be", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      await offer(rig, ["a", "b", "c"], { holds: [turn({ to: 2 })] });
      const lease = await rig.lease();
      const [first] = await lease.fetch();
      expect(await rig.statuses("a", "b", "c")).toEqual({
        a: "running",
        b: "running",
        c: "blocked",
      });

      const { jobs } = await lease.exchange(first === undefined ? [] : [done(first)], {
        queues: ["default"],
        limit: 10,
      });

      expect(namesOf(jobs)).toEqual(["c"]);
    });

    it("is told of where a worker waits for one", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      await offer(rig, ["a", "b"], { holds: [turn()] });
      const lease = await rig.lease();
      const other = await rig.lease();
      const job = await lease.fetchOne();
      expect(await other.fetch()).toEqual([]);

      await other.hearsOfWork(() => lease.settle(done(job)));

      expect(await other.fetchNames()).toEqual(["b"]);
    });

    it("is free at once where more may have one: by a later declaration, or a limit", async ({
      skip,
    }) => {
      const { rig, holds } = await openHolds(create, skip);
      await offer(rig, ["a", "b", "c", "d"], { holds: [turn()] });
      const lease = await rig.lease();
      expect(await lease.fetchNames()).toEqual(["a"]);

      await offer(rig, ["e"], { holds: [turn({ to: 2 })] });
      expect(await lease.fetchNames()).toEqual(["b"]);
      await lease.hearsOfWork(() => holds.limit("k", { to: 4 }));

      expect(await lease.fetchNames()).toEqual(["c", "d"]);
    });

    it("is had by none while none may, and those that run end all the same", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      await offer(rig, ["a", "b"], { holds: [turn({ to: 2 })] });
      const lease = await rig.lease();
      const job = await lease.fetchOne();

      await holds.limit("k", { to: 0 });
      await lease.settle(done(job));

      expect(await lease.fetch()).toEqual([]);
      await holds.limit("k", { to: 1 });
      expect(await lease.fetchNames()).toEqual(["b"]);
    });

    it.for([
      ["done", done],
      ["discarded", (job) => ended(job, "discarded")],
      ["retry", (job) => retry(job, FAR)],
      ["requeue", (job) => requeue(job)],
      ["requeue later", (job) => requeue(job, FAR)],
      ["block", (job) => block(job, ["prereq"])],
      ["dead", dead],
    ] satisfies [string, typeof done][])(
      "is free once the run has ended: %s",
      async ([, outcome], { skip }) => {
        const { rig } = await openHolds(create, skip);
        await rig.enqueue("prereq", { queue: "other" });
        await offer(rig, ["a", "b"], { holds: [turn()] });
        const lease = await rig.lease();
        const job = await lease.fetchOne();
        expect(await lease.fetch()).toEqual([]);

        await lease.settle(outcome(job));

        expect(await lease.fetchNames()).toEqual(["b"]);
      },
    );

    it("stays with the job that gives it back unrun: it is first again", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      await offer(rig, ["a", "b"], { holds: [turn()] });
      const lease = await rig.lease();
      const job = await lease.fetchOne();
      expect(await lease.fetch()).toEqual([]);

      await lease.settle(release(job));

      expect(await runAll(rig)).toEqual(["a", "b"]);
    });

    it("is free where a lease is closed, and where one that ran out is recovered from", async ({
      skip,
    }) => {
      const { rig, holds } = await openHolds(create, skip);
      await offer(rig, ["a", "b"], { holds: [turn()] });
      const closed = await rig.lease();
      await closed.fetch();
      await closed.close();
      expect(await holdersOf(holds)).toEqual([]);
      const lost = await rig.lease();
      expect(await lost.fetchNames()).toEqual(["a"]);

      await rig.die(lost);
      await rig.adapter.recover();

      expect(await runAll(rig)).toEqual(["a", "b"]);
      expect(await holdersOf(holds)).toEqual([]);
    });

    it("is kept beyond the run where it is held until the job is over", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      await offer(rig, ["a", "b"], { holds: [turn({ until: "finished" })] });
      const { lease, job } = await rig.run("a");
      await lease.settle(requeue(job));

      expect(await lease.fetchNames()).toEqual(["a"]);
      expect(await rig.status("b")).toBe("blocked");
    });

    it("is had already by a job that comes back with it, though others wait", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      await offer(rig, ["a", "b"], { holds: [turn({ until: "finished" })] });
      const { lease, job } = await rig.run("a");
      expect(await lease.fetch()).toEqual([]);

      await lease.settle(release(job));

      expect(await runAll(rig)).toEqual(["a", "b"]);
    });

    it("ends by time where its holder does not", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      await offer(rig, ["a", "b"], { holds: [turn({ seconds: 1.5 * rig.tick })] });
      const lease = await rig.lease();
      await lease.fetch(1);
      expect(await lease.fetch()).toEqual([]);

      await rig.elapse(2);
      await rig.adapter.promoteDue();

      expect(await lease.fetchNames()).toEqual(["b"]);
    });

    it("is not waited for by a job that is to be discarded then", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      await offer(rig, ["a", "b"], { holds: [turn({ whenFull: "refuse" })] });
      const lease = await rig.lease();

      const jobs = await lease.fetch();

      expect(jobs.map(({ refusedBy }) => refusedBy)).toEqual([undefined, "k"]);
      expect(await holdersOf(holds)).toEqual(["a"]);
      await lease.settle(...jobs.slice(1).map((job) => ended(job, "discarded")));
      expect(await holdersOf(holds)).toEqual(["a"]);
    });

    it("is not taken by such a job, which lets go all the same of what it held until then", async ({
      skip,
    }) => {
      const { rig, holds } = await openHolds(create, skip);
      const untilThen = unique({ key: "until then", until: "fetched" });
      await offer(rig, ["a"], { holds: [turn({ whenFull: "refuse" })] });
      await offer(rig, ["b"], { holds: [turn({ whenFull: "refuse" }), untilThen] });
      const lease = await rig.lease();

      await lease.fetch();

      expect(await holdersOf(holds, "until then")).toEqual([]);
    });

    it("is not taken by a job that has expired, in line or not", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      const soon = (await rig.now()) + 1.5 * rig.tick;
      await offer(rig, ["a"], { holds: [turn()] });
      await offer(rig, ["b"], { holds: [turn()], expiresAt: soon });
      const lease = await rig.lease();
      const job = await lease.fetchOne();
      expect(await lease.fetch()).toEqual([]);
      await offer(rig, ["c"], { holds: [turn()], expiresAt: soon });
      await rig.elapse(2);

      const { jobs } = await lease.exchange([done(job)], { queues: ["default"], limit: 10 });

      expect(namesOf(jobs)).toEqual(["b", "c"]);
      expect(jobs.map(({ expired }) => expired)).toEqual([true, true]);
      expect(await holdersOf(holds)).toEqual([]);
    });
  });

  describe("several turns", () => {
    it("are taken all or none, and none is kept for a job that waits", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      const [one, two] = [turn({ key: "one" }), turn({ key: "two" })];
      await offer(rig, ["a"], { holds: [two] });
      await offer(rig, ["b"], { holds: [one, two] });
      await offer(rig, ["c"], { holds: [one] });
      const lease = await rig.lease();

      const jobs = await lease.fetch();

      expect(namesOf(jobs)).toEqual(["a", "c"]);
      expect(await holdersOf(holds, "one")).toEqual(["c"]);
      await lease.settle(...jobs.slice(0, 1).map(done));
      expect(await lease.fetch()).toEqual([]);
      expect(await holdersOf(holds, "two")).toEqual([]);
      await lease.settle(...jobs.slice(1).map(done));
      expect(await lease.fetchNames()).toEqual(["b"]);
    });

    it("do not keep each other waiting for ever", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      const [one, two] = [turn({ key: "one" }), turn({ key: "two" })];
      for (let round = 0; round < 4; round += 1) {
        await offer(rig, [`a${round}`], { holds: [one, two] });
        await offer(rig, [`b${round}`], { holds: [two, one] });
      }

      expect(await runAll(rig)).toHaveLength(8);
    });
  });
}
