import { describe, expect, it } from "vitest";
import type { Hold } from "../adapters/hold.ts";
import { ask, holdersOf, nameOfJid, offer, openHolds, unique } from "./hold-rig.ts";
import { block, dead, done, ended, jid, release, requeue, retry } from "./jobs.ts";
import type { Rig, CreateStore } from "./rig.ts";

const ALL: readonly Hold["until"][] = ["fetched", "settled", "attempted", "finished", "over"];

export function refusingContract(create: CreateStore): void {
  describe("a hold from enqueue that refuses", () => {
    it("lets one job have the key, and says of others who has it", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);

      const first = await offer(rig, ["a"], { holds: [unique()] });
      const second = await offer(rig, ["b"], { holds: [unique()] });

      expect(first).toEqual({ refused: [], conflict: undefined });
      expect(second.refused).toEqual([
        { jid: jid("b"), key: "k", holder: jid("a"), how: "refused" },
      ]);
      expect(await rig.statuses("a", "b")).toEqual({ a: "enqueued", b: "finished" });
      expect(await rig.names({ queue: "default" })).toEqual(["a"]);
      expect(await holdersOf(holds)).toEqual(["a"]);
    });

    it("lets jobs of other keys pass", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      await offer(rig, ["a"], { holds: [unique()] });

      expect(await ask(rig, "b", unique({ key: "other" }))).toBe("accepted");
    });

    it("lets the first of one call win", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);

      const { refused } = await offer(rig, ["a", "b", "c"], { holds: [unique()] });

      expect(refused.map(({ holder }) => nameOfJid(holder))).toEqual(["a", "a"]);
      expect(await rig.names({ queue: "default" })).toEqual(["a"]);
    });

    it("lets one of many callers win", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      const names = Array.from({ length: 20 }, (_, index) => `job ${index}`);

      const answers = await Promise.all(
        names.map((name) => offer(rig, [name], { holds: [unique()] })),
      );

      expect(answers.filter(({ refused }) => refused.length === 0)).toHaveLength(1);
      expect(await rig.store.size({ queue: "default" })).toBe(1);
    });

    it("lets as many have it as are allowed, and the latest declaration counts", async ({
      skip,
    }) => {
      const { rig } = await openHolds(create, skip);
      const two = { holds: [unique({ to: 2 })] };

      const answer = await offer(rig, ["a", "b", "c"], two);
      expect(answer.refused.map((each) => nameOfJid(each.jid))).toEqual(["c"]);

      expect(await ask(rig, "d", unique({ to: 3 }))).toBe("accepted");
      expect(await ask(rig, "e", unique({ to: Infinity }))).toBe("accepted");
      expect(await ask(rig, "f", unique({ to: 2 }))).toBe("refused by a");
      expect(await ask(rig, "g", unique({ key: "none", to: 0 }))).toBe("refused by undefined");
    });

    it("takes nothing where one of several keys is full", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      await offer(rig, ["a"], { holds: [unique({ key: "two" })] });
      const both = [unique({ key: "one" }), unique({ key: "two" })];

      const { refused } = await offer(rig, ["b"], { holds: both });

      expect(refused).toMatchObject([{ key: "two", holder: jid("a") }]);
      expect(await holdersOf(holds, "one")).toEqual([]);
    });

    it("is no hold of a job that the store has already", async ({ skip }) => {
      const { rig, holds } = await openHolds(create, skip);
      await offer(rig, ["a"], { holds: [unique()] });

      const again = await offer(rig, ["a"], { holds: [unique()] });

      expect(again.refused).toEqual([]);
      expect(await rig.store.size({ queue: "default" })).toBe(1);
      expect(await holdersOf(holds)).toEqual(["a"]);
    });

    it("makes what waits for a refused job wait for the one in its way", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      await offer(rig, ["a"], { holds: [unique()], queue: "first" });
      const entries = [
        await rig.entry("early", { prereqs: ["b"] }),
        await rig.entry("b", { holds: [unique()] }),
        await rig.entry("late", { prereqs: ["b", "a"] }),
      ];

      await rig.adapter.enqueue(entries);

      expect(await rig.statuses("early", "late")).toEqual({ early: "blocked", late: "blocked" });
      const lease = await rig.lease();
      await lease.settle(done(await lease.fetchOne("first")));
      await rig.releaseBlocked();
      expect(await rig.names({ queue: "default" })).toEqual(["early", "late"]);
    });

    it.for(ALL)("keeps the key while the job waits, until: %s", async (until, { skip }) => {
      const { rig } = await openHolds(create, skip);

      for (const [name, options] of Object.entries(waiting)) {
        await rig.enqueue("prereq", { queue: "other" });
        await offer(rig, [name], { ...options, holds: [unique({ key: name, until })] });
        expect(await ask(rig, `after ${name}`, unique({ key: name }))).toBe(`refused by ${name}`);
      }
    });
  });

  describe("a hold from enqueue ends", () => {
    const kinds = {
      fetch: () => undefined,
      done,
      discarded: (job: Parameters<typeof done>[0]) => ended(job, "discarded"),
      requeue: (job: Parameters<typeof done>[0]) => requeue(job),
      block: (job: Parameters<typeof done>[0]) => block(job, ["prereq"]),
      retry: (job: Parameters<typeof done>[0]) => retry(job, 2_000_000_000),
      dead,
      release,
    };
    const free: Readonly<Record<string, readonly (keyof typeof kinds)[]>> = {
      fetched: ["fetch", "done", "discarded", "requeue", "block", "retry", "dead"],
      settled: ["done", "discarded", "requeue", "block", "retry", "dead", "release"],
      attempted: ["done", "discarded", "retry", "dead"],
      finished: ["done", "discarded", "dead"],
      over: ["done", "discarded"],
    };

    for (const until of ALL) {
      it.for(Object.keys(kinds) as (keyof typeof kinds)[])(
        `${until}, after: %s`,
        async (kind, { skip }) => {
          const { rig } = await openHolds(create, skip);
          await rig.enqueue("prereq", { queue: "other" });
          await offer(rig, ["a"], { holds: [unique({ until })] });
          const { lease, job } = await rig.run("a");

          const outcome = kinds[kind](job);
          await lease.settle(...(outcome === undefined ? [] : [outcome]));

          const isFree = free[until]?.includes(kind);
          expect(await ask(rig, "b", unique())).toBe(isFree ? "accepted" : "refused by a");
        },
      );
    }

    it("attempted, with the first attempt and no later one", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      await offer(rig, ["a"], { holds: [unique({ until: "attempted" })] });
      const { lease, job } = await rig.run("a");
      await lease.settle(requeue(job));

      expect(await ask(rig, "b", unique())).toBe("refused by a");
      await lease.settle(retry(await lease.fetchOne(), 2_000_000_000));

      expect(await ask(rig, "c", unique())).toBe("accepted");
    });

    it.for([
      ["delete", (rig) => deleted(rig, "a")],
      ["cancel", (rig) => rig.store.cancel(jid("a"))],
      ["clear", (rig) => rig.store.clear({ queue: "default" })],
    ] satisfies [string, (rig: Rig) => Promise<unknown>][])(
      "where an operator takes the job away: %s",
      async ([, deed], { skip }) => {
        const { rig } = await openHolds(create, skip);
        for (const until of ALL) {
          await offer(rig, ["a"], { holds: [unique({ until })] });

          await deed(rig);

          expect(await ask(rig, `after ${until}`, unique())).toBe("accepted");
          await rig.store.clear({ queue: "asking" });
        }
      },
    );

    it("by time, whatever becomes of the job", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      const hold = unique({ until: "time", seconds: 2.5 * rig.tick });
      await offer(rig, ["a"], { holds: [hold] });
      await rig.finish("a");
      expect(await ask(rig, "b", hold)).toBe("refused by a");

      await rig.elapse(3);

      expect(await ask(rig, "c", hold)).toBe("accepted");
    });

    it("by time though the job lives, where that is said", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      const hold = unique({ seconds: 1.5 * rig.tick });
      await offer(rig, ["a"], { holds: [hold] });
      expect(await ask(rig, "b", hold)).toBe("refused by a");

      await rig.elapse(2);

      expect(await ask(rig, "c", hold)).toBe("accepted");
      await rig.finish("a");
      expect(await ask(rig, "d", hold)).toBe("refused by c");
    });

    it("not where its worker dies, unless with the run", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      const all = ALL.map((until) => unique({ key: until, until }));
      await offer(rig, ["a"], { holds: all });
      const { lease } = await rig.run("a");
      await rig.die(lease);
      await rig.adapter.recover();

      const answers = await Promise.all(
        ALL.map(async (until) => [until, await ask(rig, `b ${until}`, unique({ key: until }))]),
      );

      expect(Object.fromEntries(answers)).toEqual({
        fetched: "refused by a",
        settled: "accepted",
        attempted: "refused by a",
        finished: "refused by a",
        over: "refused by a",
      });
    });

    it("fetched: goes without the key where it comes back unrun and another has it", async ({
      skip,
    }) => {
      const { rig, holds } = await openHolds(create, skip);
      const hold = unique({ until: "fetched" });
      await offer(rig, ["a"], { holds: [hold] });
      const { lease, job } = await rig.run("a");
      expect(await ask(rig, "b", hold)).toBe("accepted");

      await lease.settle(release(job));

      expect(await rig.status("a")).toBe("enqueued");
      expect(await holdersOf(holds)).toEqual(["b"]);
    });
  });
}

const waiting = {
  queued: {},
  scheduled: { inTicks: 1_000 },
  blocked: { prereqs: ["prereq"] },
};

async function deleted(rig: Rig, name: string): Promise<void> {
  const place = { queue: "default" };
  await rig.store.delete(place, await rig.find(place, name));
}
