import { describe, expect, it } from "vitest";
import { ask, holdersOf, offer, openHolds, unique, type HoldRig } from "./hold-rig.ts";
import { dead, done, jid, nameOf } from "./jobs.ts";
import type { CreateStore, Rig } from "./rig.ts";

const DEAD = { set: "dead" } as const;

export function dyingHoldsContract(create: CreateStore): void {
  const openDead = async (
    skip: (reason: string) => never,
    until: "finished" | "over" | "attempted" = "finished",
  ): Promise<HoldRig> => {
    const opened = await openHolds(create, skip);
    await offer(opened.rig, ["a"], { holds: [unique({ until })] });
    const { lease, job } = await opened.rig.run("a");
    await lease.settle(dead(job));
    return opened;
  };

  describe("a dead job", () => {
    it("takes its keys again as it comes back", async ({ skip }) => {
      const { rig, holds } = await openDead(skip);
      expect(await holdersOf(holds)).toEqual([]);

      expect(await revive(rig, "a")).toBe(true);

      expect(await holdersOf(holds)).toEqual(["a"]);
      expect(await ask(rig, "b", unique())).toBe("refused by a");
    });

    it("stays where it is while another has its key, and it can be asked who", async ({ skip }) => {
      const { rig, holds } = await openDead(skip);
      await ask(rig, "b", unique());

      expect(await revive(rig, "a")).toBe(false);

      expect(await rig.status("a")).toBe("dead");
      expect(await holds.inTheWay(jid("a"))).toEqual([{ key: "k", holder: jid("b") }]);
      const { lease, job } = await runFrom(rig, "asking");
      await lease.settle(done(job));
      expect(await holds.inTheWay(jid("a"))).toEqual([]);
      expect(await revive(rig, "a")).toBe(true);
    });

    it("stays among many that are moved", async ({ skip }) => {
      const { rig } = await openDead(skip);
      await ask(rig, "b", unique());
      await rig.enqueue("c");
      const { lease, job } = await rig.run("c");
      await lease.settle(dead(job));
      const moves = (await rig.stored(DEAD)).map((each) => ({ job: each, payload: each.payload }));

      expect(await rig.store.moveAll(DEAD, moves, "queue")).toBe(1);

      expect(await rig.statuses("a", "c")).toEqual({ a: "dead", c: "enqueued" });
    });

    it("does not take again what its first attempt has ended", async ({ skip }) => {
      const { rig } = await openDead(skip, "attempted");
      expect(await ask(rig, "b", unique())).toBe("accepted");

      expect(await revive(rig, "a")).toBe(true);
    });

    it("keeps what it holds until it is over, and so does one that is deleted", async ({
      skip,
    }) => {
      const { rig, holds } = await openDead(skip, "over");
      expect(await ask(rig, "b", unique())).toBe("refused by a");
      expect(await holds.read(["k"])).toMatchObject([{ held: 1, dead: 1 }]);

      await rig.store.delete(DEAD, await rig.find(DEAD, "a"));

      expect(await ask(rig, "c", unique())).toBe("refused by a");
      expect(await holds.release("k", jid("a"))).toBe(true);
      expect(await ask(rig, "d", unique())).toBe("accepted");
    });

    it("lets go of that once it has come back and is done", async ({ skip }) => {
      const { rig, holds } = await openDead(skip, "over");
      await revive(rig, "a");
      expect(await holds.read(["k"])).toMatchObject([{ held: 1, dead: 0 }]);

      await rig.finish("a");

      expect(await ask(rig, "b", unique())).toBe("accepted");
    });

    it("lets go of its keys where an operator kills it", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      await offer(rig, ["a"], { holds: [unique()] });
      const job = await rig.find({ queue: "default" }, "a");

      await rig.store.move({ queue: "default" }, job, "dead", job.payload);

      expect(await ask(rig, "b", unique())).toBe("accepted");
    });

    it("lets go of its keys where a prerequisite's failure buries it", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      await rig.enqueue("prereq");
      await offer(rig, ["a"], { holds: [unique()], prereqs: ["prereq"], prereqFailure: "bury" });
      const { lease, job } = await rig.run("prereq");
      await lease.settle(dead(job));

      await rig.releaseBlocked();

      expect(await rig.status("a")).toBe("dead");
      expect(await ask(rig, "b", unique())).toBe("accepted");
    });

    it("lets go of its keys where it was lost too often", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      await offer(rig, ["a"], { holds: [unique()] });
      for (let lost = 0; lost < 3; lost += 1) {
        const { lease } = await rig.run("a");
        await rig.die(lease);
        await rig.adapter.recover();
      }

      expect(await rig.status("a")).toBe("dead");
      expect(await ask(rig, "b", unique())).toBe("accepted");
    });
  });
}

async function revive(rig: Rig, name: string): Promise<boolean> {
  const job = await rig.find(DEAD, name);
  return rig.store.move(DEAD, job, "queue", job.payload);
}

async function runFrom(
  rig: Rig,
  queue: string,
): Promise<{
  lease: Awaited<ReturnType<Rig["lease"]>>;
  job: Awaited<ReturnType<Rig["run"]>>["job"];
}> {
  const lease = await rig.lease();
  const job = await lease.fetchOne(queue);
  expect(nameOf(job.payload)).toBe("b");
  return { lease, job };
}
