import { describe, expect, it } from "vitest";
import { holdersOf, latest, offer, openHolds, turn, unique } from "./hold-rig.ts";
import { done, fieldsOf, jid, nameOf, release, retry } from "./jobs.ts";
import type { CreateStore, EntryOptions, Rig } from "./rig.ts";

export function replacingContract(create: CreateStore): void {
  describe("a hold from enqueue that replaces", () => {
    it.for(Object.entries(WAITING))(
      "makes the holder another, which keeps its jid: %s",
      async ([, options], { skip }) => {
        const { rig, holds } = await openHolds(create, skip);
        await rig.enqueue("prereq", { queue: "other" });
        await offer(rig, ["a"], { ...options, holds: [latest()] });

        const { refused } = await offer(rig, ["b"], { holds: [latest()] });

        expect(refused).toEqual([{ jid: jid("b"), key: "k", holder: jid("a"), how: "replaced" }]);
        expect(await rig.status("b")).toBe("finished");
        expect(await holdersOf(holds)).toEqual(["a"]);
        await finishIfThere(rig, "other");
        expect(await ran(rig)).toEqual([["b", jid("a")]]);
      },
    );

    it("gives it the new time", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      await offer(rig, ["a"], { holds: [latest()], inTicks: 1 });

      await offer(rig, ["b"], { holds: [latest()], inTicks: 3 });
      await rig.elapse(2);
      await rig.adapter.promoteDue();
      expect(await ran(rig)).toEqual([]);
      await rig.elapse(2);
      await rig.adapter.promoteDue();

      expect(await ran(rig)).toEqual([["b", jid("a")]]);
    });

    it("gives a queued one the new time and queue", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      await offer(rig, ["a"], { holds: [latest()] });

      await offer(rig, ["b"], { holds: [latest()], inTicks: 2, queue: "other" });
      expect(await ran(rig)).toEqual([]);
      await rig.elapse(3);
      await rig.adapter.promoteDue();

      expect(await ran(rig)).toEqual([]);
      expect(await ran(rig, "other")).toEqual([["b", jid("a")]]);
    });

    it("puts it off no longer than is said", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      const holds = [latest({ dueWithin: 2.5 * rig.tick })];
      await offer(rig, ["a"], { holds, inTicks: 2 });
      await rig.elapse(1);
      await offer(rig, ["b"], { holds, inTicks: 2 });
      await rig.elapse(1);
      await offer(rig, ["c"], { holds, inTicks: 2 });
      await rig.elapse(1);

      await rig.adapter.promoteDue();

      expect(await ran(rig)).toEqual([["c", jid("a")]]);
    });

    it("keeps its place where it stays in its queue", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      await offer(rig, ["a"], { holds: [latest()] });
      await rig.enqueue("other");

      await offer(rig, ["b"], { holds: [latest()] });

      expect((await ran(rig)).map(([name]) => name)).toEqual(["b", "other"]);
    });

    it.for(Object.entries(AT_ANOTHER_PRIORITY))(
      "runs it and those beside it once each: %s",
      async ([, [before, after]], { skip }) => {
        const { rig } = await openHolds(create, skip);
        await rig.enqueue("first", { priority: before });
        await offer(rig, ["a"], { holds: [latest()], priority: before });
        await rig.enqueue("second", { priority: before });
        await rig.enqueue("last", { priority: 9 });

        await offer(rig, ["b"], { holds: [latest()], priority: after });
        const found = [...(await ran(rig)), ...(await ran(rig))].map(([name]) => name);

        expect(found.toSorted()).toEqual(["b", "first", "last", "second"]);
        expect(await ran(rig)).toEqual([]);
      },
    );

    it.for([0, 3])(
      "stays what it became where there is no turn: priority %i",
      async (priority, { skip }) => {
        const { rig } = await openHolds(create, skip);
        const holds = [latest({ until: "fetched" })];
        await offer(rig, ["a"], { holds, priority });
        await offer(rig, ["b"], { holds, priority });
        const lease = await rig.lease();

        const without = await lease.exchange([], { queues: ["default"], limit: 10, turns: 0 });

        expect(without.jobs).toEqual([]);
        expect(await ran(rig)).toEqual([["b", jid("a")]]);
      },
    );

    it("has one successor, though both come in one call", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      await offer(rig, ["a"], { holds: [latest()] });
      const { lease, job } = await rig.run("a");

      const { refused } = await offer(rig, ["b", "c"], { holds: [latest()] });

      expect(refused).toMatchObject([{ jid: jid("c"), holder: jid("b"), how: "replaced" }]);
      await lease.settle(done(job));
      expect(await ran(rig)).toEqual([["c", jid("b")]]);
      expect(await ran(rig)).toEqual([]);
    });

    it("leaves one that runs, and waits as its successor, of which there is one", async ({
      skip,
    }) => {
      const { rig, holds } = await openHolds(create, skip);
      await offer(rig, ["a"], { holds: [latest()] });
      const { lease, job } = await rig.run("a");

      expect((await offer(rig, ["b"], { holds: [latest()] })).refused).toEqual([]);
      const { refused } = await offer(rig, ["c"], { holds: [latest()] });

      expect(refused).toMatchObject([{ holder: jid("b"), how: "replaced" }]);
      expect(await rig.statuses("a", "b", "c")).toEqual({
        a: "running",
        b: "blocked",
        c: "finished",
      });
      await lease.settle(done(job));
      await rig.releaseBlocked();
      expect(await holdersOf(holds)).toEqual(["b"]);
      expect(await ran(rig)).toEqual([["c", jid("b")]]);
    });

    it("forgets failures, and tries the new one at once", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      await offer(rig, ["a"], { holds: [latest()] });
      const { lease, job } = await rig.run("a");
      await lease.settle(retry(job, 2_000_000_000));

      await offer(rig, ["b"], { holds: [latest()] });

      expect(await ran(rig)).toEqual([["b", jid("a")]]);
    });

    it("keeps what waits for it, and takes over prerequisites", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      await rig.enqueueAll(["one", "two"], { queue: "other" });
      await offer(rig, ["a"], { holds: [latest()], prereqs: ["one"] });
      await rig.enqueue("dependent", { prereqs: ["a"] });

      await offer(rig, ["b"], { holds: [latest()], prereqs: ["two"] });

      await finishIfThere(rig, "other");
      expect(await ran(rig)).toEqual([]);
      await finishIfThere(rig, "other");
      expect(await ran(rig)).toEqual([["b", jid("a")]]);
      expect(await ran(rig)).toEqual([["dependent", jid("dependent")]]);
    });

    it("is refused where it would wait for itself", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      await offer(rig, ["a"], { holds: [latest()], inTicks: 1_000 });
      await rig.enqueue("dependent", { prereqs: ["a"] });

      const { refused } = await offer(rig, ["b"], { holds: [latest()], prereqs: ["dependent"] });

      expect(refused).toEqual([{ jid: jid("b"), key: "k", holder: jid("a"), how: "refused" }]);
      expect(await rig.names({ set: "scheduled" })).toEqual(["a"]);
    });

    it("lets the last of one call win, under the first one's jid", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);

      const { refused } = await offer(rig, ["a", "b", "c"], { holds: [latest()] });

      expect(refused.map(({ holder, how }) => [holder, how])).toEqual([
        [jid("a"), "replaced"],
        [jid("a"), "replaced"],
      ]);
      expect(await ran(rig)).toEqual([["c", jid("a")]]);
    });

    it("gives it the new one's turns", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      await offer(rig, ["holder"], { holds: [turn({ key: "one" })] });
      await offer(rig, ["a"], { holds: [latest(), turn({ key: "one" })] });
      const lease = await rig.lease();
      expect(await lease.fetchNames()).toEqual(["holder"]);
      expect(await rig.status("a")).toBe("blocked");

      await offer(rig, ["b"], { holds: [latest(), turn({ key: "two" })] });

      expect(await lease.fetchNames()).toEqual(["b"]);
      expect(await holdersOf(holds, "two")).toEqual(["a"]);
    });

    it.for([undefined, "customer"])(
      "runs it though it was parked, alone in its queue: fair key %s",
      async (fairKey, { skip }) => {
        const { rig } = await openHolds(create, skip);
        if (fairKey !== undefined && rig.adapter.capabilities.fairness !== true)
          skip("is not fair");
        const own = fairKey === undefined ? {} : { fairKey };
        await offer(rig, ["holder"], { holds: [turn({ key: "one" })] });
        await offer(rig, ["a"], { holds: [latest(), turn({ key: "one" })], ...own });
        const lease = await rig.lease();
        const holder = await lease.fetchOne();
        expect(await lease.fetchNames()).toEqual([]);

        await offer(rig, ["b"], { holds: [latest(), turn({ key: "one" })], ...own });
        await lease.settle(done(holder));

        expect(await ran(rig)).toEqual([["b", jid("a")]]);
      },
    );

    it("gives it a payload that survives its release", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      await offer(rig, ["a"], { holds: [latest()] });
      await offer(rig, ["b"], { holds: [latest()] });
      const lease = await rig.lease();
      await lease.settle(release(await lease.fetchOne()));

      expect(await ran(rig)).toEqual([["b", jid("a")]]);
    });

    it("waits for one that is refused by another key, and takes nothing", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      await offer(rig, ["a"], { holds: [latest()] });
      await offer(rig, ["u"], { holds: [unique({ key: "u" })], queue: "other" });

      const { refused } = await offer(rig, ["b"], { holds: [latest(), unique({ key: "u" })] });

      expect(refused).toMatchObject([{ key: "u", how: "refused" }]);
      expect(await ran(rig)).toEqual([["a", jid("a")]]);
    });
  });
}

/** What a job had, and what that has which it becomes. */
const AT_ANOTHER_PRIORITY: Readonly<Record<string, readonly [before: number, after: number]>> = {
  sooner: [5, 2],
  "before the list": [5, -2],
  later: [5, 7],
  "later, from before the list": [-5, -2],
  "from the list": [0, 2],
  "to the list": [2, 0],
};

const WAITING: Readonly<Record<string, EntryOptions>> = {
  queued: {},
  scheduled: { inTicks: 1_000 },
  blocked: { prereqs: ["prereq"] },
};

/** What runs of a queue, to its end: which payload, and under which jid. */
async function ran(rig: Rig, queue = "default"): Promise<(readonly [string, unknown])[]> {
  await rig.releaseBlocked();
  const lease = await rig.lease();
  const jobs = await lease.fetch(10, [queue]);
  const found = jobs.map(({ payload }) => [nameOf(payload), fieldsOf(payload)["jid"]] as const);
  await lease.settle(
    ...jobs.map((job) => ({ ...done(job), jid: String(fieldsOf(job.payload)["jid"]) })),
  );
  await lease.close();
  return found;
}

async function finishIfThere(rig: Rig, queue: string): Promise<void> {
  const lease = await rig.lease();
  await lease.settle(...(await lease.fetch(1, [queue])).map(done));
  await rig.releaseBlocked();
  await lease.close();
}
