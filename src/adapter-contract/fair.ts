import { describe, expect, it } from "vitest";
import { latest, offer, turn } from "./hold-rig.ts";
import { done, jid, nameOf, namesOf, release, requeue, retry } from "./jobs.ts";
import { Rig, type CreateStore } from "./rig.ts";
import type { TestLease } from "./test-lease.ts";

type Skip = (reason: string) => never;

const QUEUE = { queue: "default" };

interface FairRig {
  readonly rig: Rig;
  readonly lease: TestLease;
  /** Enqueues jobs of one key: its letter is what their names begin with. */
  readonly add: (names: string, options?: Parameters<Rig["entry"]>[1]) => Promise<void>;
  /** Names in the order in which jobs are fetched, one at a time. */
  readonly runAll: () => Promise<string>;
}

/** A worker serves the queue, so that everything stands where it belongs. */
async function openFair(create: CreateStore, skip: Skip): Promise<FairRig> {
  const rig = await Rig.open(create);
  if (rig.adapter.capabilities.fairness !== true) {
    skip("lets no keys take turns");
  }
  const lease = await rig.lease();
  const add: FairRig["add"] = async (names, options = {}) => {
    for (const name of names.split(" ")) {
      await rig.enqueue(name, { fairKey: `key "${name[0]}"`, ...options });
    }
  };
  const runAll = async (): Promise<string> => {
    const order: string[] = [];
    for (let [job] = await lease.fetch(1); job !== undefined; [job] = await lease.fetch(1)) {
      order.push(...namesOf([job]));
      await lease.settle(done(job));
    }
    return order.join(" ");
  };
  return { rig, lease, add, runAll };
}

export function fairContract(create: CreateStore): void {
  describe("jobs whose keys take turns", () => {
    it("come in turns between keys, and within a key as they came", async ({ skip }) => {
      const { add, runAll } = await openFair(create, skip);
      await add("a1 a2 a3 a4 b1 b2 c1");

      expect(await runAll()).toBe("a1 b1 c1 a2 b2 a3 a4");
    });

    it("come so in one fetch, and from one call that enqueues", async ({ skip }) => {
      const { rig, lease } = await openFair(create, skip);
      const names = ["a1", "a2", "a3", "b1", "b2", "c1"];
      await rig.adapter.enqueue(
        await Promise.all(names.map((name) => rig.entry(name, { fairKey: name.charAt(0) }))),
      );

      expect(await lease.fetchNames(4)).toEqual(["a1", "b1", "c1", "a2"]);
      expect(await lease.fetchNames(4)).toEqual(["b2", "a3"]);
    });

    it("wait for no more than one job of each other key where they come late", async ({ skip }) => {
      const { add, lease, runAll } = await openFair(create, skip);
      await add("a1 a2 a3 a4 a5 b1 b2 b3");
      expect(await lease.fetchNames(4)).toEqual(["a1", "b1", "a2", "b2"]);
      await add("c1 c2");

      expect(await runAll()).toBe("a3 b3 c1 a4 c2 a5");
    });

    it("begin anew where all others have been served meanwhile", async ({ skip }) => {
      const { add, lease, runAll } = await openFair(create, skip);
      await add("a1 a2 a3 a4 b1");
      expect(await lease.fetchNames(4)).toEqual(["a1", "b1", "a2", "a3"]);
      await add("b2 b3");

      expect(await runAll()).toBe("a4 b2 b3");
    });

    it("take turns within their priority", async ({ skip }) => {
      const { rig, add, runAll } = await openFair(create, skip);
      if (!rig.adapter.capabilities.priorities) {
        skip("knows no priorities");
      }
      await add("a1 a2 a3 b1");
      await add("a5 a6 b5", { priority: 5 });
      await add("a7 a8 b7", { priority: -3 });

      expect(await runAll()).toBe("a7 b7 a8 a1 b1 a2 a3 a5 b5 a6");
    });

    it("let those without a key have turns too, in their order", async ({ skip }) => {
      const { rig, add, runAll } = await openFair(create, skip);
      await rig.enqueueAll(["x1", "x2", "x3", "x4"]);
      await add("a1 a2 a3 a4 b1 b2 b3 b4");

      const order = await runAll();

      expect(order.replaceAll(/[ab]\d ?/g, "").trim()).toBe("x1 x2 x3 x4");
      expect(order.replaceAll(/x\d ?/g, "").trim()).toBe("a1 b1 a2 b2 a3 b3 a4 b4");
      // After each round of the others one of these at the latest, and no more than one.
      const [, , ...rounds] = order.split("x");
      expect(rounds.map((round) => (round.match(/[ab]/g) ?? []).length)).toEqual([2, 2, 2]);
    });

    it("are counted, paged and found in their queue", async ({ skip }) => {
      const { rig, add } = await openFair(create, skip);
      await add("a1 a2 a3 b1 b2");
      await rig.enqueue("x1");

      expect(await rig.store.size(QUEUE)).toBe(6);
      const names = await rig.names(QUEUE, 2);
      expect(names.filter((name) => name !== "x1")).toEqual(["a1", "b1", "a2", "b2", "a3"]);
      expect(names).toContain("x1");
      expect(await rig.find(QUEUE, "b2")).toMatchObject({ queue: "default" });
      expect((await rig.find(QUEUE, "b2")).waitsFor).toBeUndefined();
      expect(await rig.statuses("a1", "b2")).toEqual({ a1: "enqueued", b2: "enqueued" });
    });

    it("leave where they are deleted, cancelled or buried", async ({ skip }) => {
      const { rig, add, runAll } = await openFair(create, skip);
      await add("a1 a2 a3 a4 b1 b2");
      const a2 = await rig.find(QUEUE, "a2");

      expect(await rig.store.delete(QUEUE, await rig.find(QUEUE, "a1"))).toBe(true);
      expect(await rig.store.cancel(jid("b1"))).toBe(true);
      expect(await rig.store.move(QUEUE, a2, "dead", a2.payload)).toBe(true);

      expect(await rig.statuses("a1", "b1", "a2")).toEqual({
        a1: "finished",
        b1: "cancelled",
        a2: "dead",
      });
      expect(await runAll()).toBe("b2 a3 a4");
    });

    it("hold up nobody of their key by those that were deleted", async ({ skip }) => {
      const { rig, add, runAll } = await openFair(create, skip);
      await add("a1 a2 a3 a4 a5 a6 a7 a8 b1 b2 b3");
      const those = (await rig.stored(QUEUE)).filter(({ payload }) =>
        nameOf(payload).startsWith("a"),
      );
      expect(await rig.store.deleteAll(QUEUE, those)).toBe(8);
      await add("a9 b4 b5 b6 b7 b8");

      expect(await runAll()).toBe("b1 b2 b3 a9 b4 b5 b6 b7 b8");
    });

    it("go with their queue where that is cleared, and leave nothing", async ({ skip }) => {
      const { rig, add, runAll } = await openFair(create, skip);
      await add("a1 a2 a3 b1");

      expect(await rig.store.clear(QUEUE)).toBe(4);

      expect(await rig.store.queueNames()).not.toContain("default");
      await add("a4 a5 b2");
      expect(await runAll()).toBe("a4 b2 a5");
    });

    it("are not fetched from a queue that is paused", async ({ skip }) => {
      const { rig, add, lease, runAll } = await openFair(create, skip);
      await rig.store.pause("default");
      await add("a1 a2 b1");
      expect(await lease.fetchNames()).toEqual([]);

      await rig.store.resume("default");

      expect(await runAll()).toBe("a1 b1 a2");
    });

    it("come first again where they are given back, in their old order", async ({ skip }) => {
      const { rig, add, lease, runAll } = await openFair(create, skip);
      await add("a1 a2 a3 b1 b2");
      const jobs = await lease.fetch(3);
      await rig.enqueue("x1");

      await lease.settle(...jobs.map(release));

      expect((await runAll()).startsWith("a1 b1 a2 ")).toBe(true);
    });

    it("come first again where their worker died, or closed its lease", async ({ skip }) => {
      const { rig, add, runAll } = await openFair(create, skip);
      await add("a1 a2 a3 a4 b1 b2 b3 b4");
      const [dying, closing] = [await rig.lease(), await rig.lease()];
      expect(await dying.fetchNames(2)).toEqual(["a1", "b1"]);
      expect(await closing.fetchNames(2)).toEqual(["a2", "b2"]);

      await closing.close();
      await rig.die(dying);
      await rig.adapter.recover();

      expect(await runAll()).toBe("a1 b1 a2 b2 a3 b3 a4 b4");
    });

    it("go behind others of their key where they are to run again", async ({ skip }) => {
      const { rig, add, lease, runAll } = await openFair(create, skip);
      await add("a1 a2 b1 b2 b3");
      const [a1, b1] = await lease.fetch(2);
      if (a1 === undefined || b1 === undefined) throw new Error("Expected two jobs");

      await lease.settle(requeue(a1), retry(b1, (await rig.now()) - 1));
      await rig.adapter.promoteDue();

      expect(await runAll()).toBe("a2 b2 b3 a1 b1");
    });

    it("take turns from when they are due, free, or moved there", async ({ skip }) => {
      const { rig, add, runAll } = await openFair(create, skip);
      await rig.enqueue("x1", { queue: "other" });
      await add("a1 a2 a3");
      await add("b1", { inTicks: 100 });
      await add("b2", { prereqs: ["x1"] });
      const other = await rig.lease();
      await other.settle(done(await other.fetchOne("other")));
      await rig.releaseBlocked();
      const b1 = await rig.find({ set: "scheduled" }, "b1");
      await rig.store.move({ set: "scheduled" }, b1, "queue", b1.payload);

      expect(await runAll()).toBe("a1 b2 a2 b1 a3");
    });

    it("are refused a key that is none", async ({ skip }) => {
      const { rig } = await openFair(create, skip);

      await expect(rig.enqueue("a1", { fairKey: "" })).rejects.toThrow(
        `Cannot enqueue job "${jid("a1")}": fairKey must be a text that is not empty, found ""`,
      );
    });

    describe("and that need a turn of a limit", () => {
      const openLimited = async (
        skip: Skip,
      ): Promise<FairRig & { readonly limited: (names: string) => Promise<void> }> => {
        const opened = await openFair(create, skip);
        if (!opened.rig.adapter.capabilities.holds) {
          skip("keeps no holds");
        }
        const limited = async (names: string): Promise<void> => {
          for (const name of names.split(" ")) {
            const fairKey = name.charAt(0);
            await offer(opened.rig, [name], { holds: [turn()], fairKey });
          }
        };
        return { ...opened, limited };
      };

      it("get it in turns between keys, whoever came late", async ({ skip }) => {
        const { limited, lease, runAll } = await openLimited(skip);
        await limited("a1 a2 a3 a4 a5");
        const holder = await lease.fetchOne();
        // All of them are parked by now.
        expect(await lease.fetchNames()).toEqual([]);
        await limited("b1 b2");
        expect(await lease.fetchNames()).toEqual([]);

        await lease.settle(done(holder));

        expect(await runAll()).toBe("a2 b1 a3 b2 a4 a5");
      });

      it("leave the queue's turn to others while they wait", async ({ skip }) => {
        const { limited, add, lease } = await openLimited(skip);
        await limited("a1 a2 a3");
        await lease.fetchOne();
        await add("b1 b2");

        expect(await lease.fetchNames()).toEqual(["b1", "b2"]);
      });

      it.for([-1, 1])(
        "come once each where another goes to priority %i",
        async (priority, { skip }) => {
          const { rig, add, lease } = await openLimited(skip);
          const names = Array.from({ length: 90 }, (_, index) => `a${index + 1}`);
          await offer(rig, ["without"], { holds: [latest()] });
          await add(names.join(" "));
          await offer(rig, ["becomes"], { holds: [latest()], priority });

          const found = [...(await lease.fetchNames(200)), ...(await lease.fetchNames(200))];

          expect(found.toSorted()).toEqual([...names, "becomes"].toSorted());
        },
      );
    });
  });
}
