import { describe, expect, it } from "vitest";
import { block, dead, done, fieldsOf, jid, runOf } from "./jobs.ts";
import { Rig, type CreateStore, type EntryOptions } from "./rig.ts";

const DEFAULT = { queue: "default" };
const BLOCKED = { set: "blocked" } as const;
const DEAD = { set: "dead" } as const;
const BURY: EntryOptions = { prereqFailure: "bury" };

export function buryContract(create: CreateStore): void {
  describe("a job that is to be buried with its prerequisite", () => {
    it("dies with it, naming it", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("first");
      await rig.enqueue("then", { prereqs: ["first"], ...BURY });

      await kill(rig, "first");
      expect(await rig.status("then")).toBe("blocked");
      expect(await rig.releaseBlocked()).toEqual([1]);

      const stored = await rig.find(DEAD, "then");
      const { failed_at, ...fields } = fieldsOf(stored.payload);
      expect(failed_at).toBeCloseTo(await rig.now(), 0);
      expect(stored.at).toBeCloseTo(await rig.now(), 0);
      expect(fields).toMatchObject({
        args: ["then", 0],
        queue: "default",
        retry_count: 0,
        error_class: "PrereqJobDeadError",
        error_message:
          `Cannot run job ${jid("then")}: job ${jid("first")}, which it waited for, is dead. ` +
          "Retry that one from the dead set first, then this one",
      });
      expect(await rig.store.counters()).toEqual({ processed: 1, failed: 1 });
    });

    it("runs where all that it waits for is done", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["a", "b"]);
      await rig.enqueue("then", { prereqs: ["a", "b"], ...BURY });
      const lease = await rig.lease();
      const [a, b] = await lease.fetch();

      await lease.settle(done(a!), done(b!));
      await rig.releaseBlocked();

      expect(await rig.names(DEFAULT)).toEqual(["then"]);
    });

    it("does not wait for the others, and does not come back when they are done", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["dying", "other"]);
      await rig.enqueue("then", { prereqs: ["dying", "other"], ...BURY });

      await kill(rig, "dying");
      await rig.releaseBlocked();
      expect(await rig.status("then")).toBe("dead");
      const { lease, job } = await rig.run("other");
      const { releasable } = await lease.settle(done(job));

      expect(releasable).toBe(false);
      expect(await rig.releaseBlocked()).toEqual([]);
      expect(await rig.status("then")).toBe("dead");
    });

    it("is buried though its other prerequisite finished before it was handed on", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["dying", "other"]);
      await rig.enqueue("then", { prereqs: ["dying", "other"], ...BURY });
      const lease = await rig.lease();
      const [dying, other] = await lease.fetch();

      await lease.settle(dead(dying!), done(other!));

      expect(await rig.releaseBlocked()).toEqual([1]);
      expect(await rig.status("then")).toBe("dead");
    });

    it("names the first of several that died", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["a", "b"]);
      await rig.enqueue("then", { prereqs: ["a", "b"], ...BURY });
      const lease = await rig.lease();
      const [a, b] = await lease.fetch();

      await lease.settle(dead(a!), dead(b!));
      await rig.releaseBlocked();

      const { error_message } = fieldsOf((await rig.find(DEAD, "then")).payload);
      expect(error_message).toContain(`job ${jid("a")}, which it waited for, is dead`);
    });

    it("is followed in turn by what waited for it", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      await rig.enqueue("b", { prereqs: ["a"], ...BURY });
      await rig.enqueue("buried", { prereqs: ["b"], ...BURY });
      await rig.enqueue("released", { prereqs: ["b"] });

      await kill(rig, "a");
      await rig.releaseBlocked();

      expect(await rig.statuses("a", "b", "buried", "released")).toEqual({
        a: "dead",
        b: "dead",
        buried: "dead",
        released: "enqueued",
      });
      const { error_message } = fieldsOf((await rig.find(DEAD, "buried")).payload);
      expect(error_message).toContain(`job ${jid("b")}, which it waited for, is dead`);
    });

    it("stands beside others that are released by the same death", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("first");
      await rig.enqueue("buried", { prereqs: ["first"], ...BURY });
      await rig.enqueue("released", { prereqs: ["first"], prereqFailure: "release" });

      await kill(rig, "first");
      await rig.releaseBlocked();

      expect(await rig.statuses("buried", "released")).toEqual({
        buried: "dead",
        released: "enqueued",
      });
    });

    it("dies also when its time has not come", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("first");
      await rig.enqueue("then", { prereqs: ["first"], inTicks: 20, ...BURY });

      await kill(rig, "first");
      await rig.releaseBlocked();

      expect(await rig.status("then")).toBe("dead");
    });

    it("dies when operators kill the prerequisite, or delete it", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["killed", "deleted"]);
      await rig.enqueue("dies", { prereqs: ["killed"], ...BURY });
      await rig.enqueue("dies too", { prereqs: ["deleted"], ...BURY });
      const killed = await rig.find(DEFAULT, "killed");

      await rig.store.move(DEFAULT, killed, "dead", killed.payload);
      await rig.store.delete(DEFAULT, await rig.find(DEFAULT, "deleted"));
      await rig.releaseBlocked();

      expect(await rig.statuses("dies", "dies too")).toEqual({
        dies: "dead",
        "dies too": "dead",
      });
    });

    it("dies when the prerequisite was lost too often", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("first");
      await rig.enqueue("then", { prereqs: ["first"], ...BURY });

      for (let loss = 0; loss < 3; loss += 1) {
        const { lease } = await rig.run("first");
        await rig.die(lease);
        await rig.adapter.recover();
      }
      await rig.releaseBlocked();

      expect(await rig.status("then")).toBe("dead");
    });

    it("dies also when it became blocked after it was fetched", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["then", "first"]);
      const { lease, job } = await rig.run("then");
      await lease.settle(block(job, ["first"], "bury"));

      await kill(rig, "first");
      await rig.releaseBlocked();

      const stored = await rig.find(DEAD, "then");
      expect(runOf(stored.payload)).toBe(1);
    });

    it("can be run by operators before it is buried", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("first");
      await rig.enqueue("then", { prereqs: ["first"], ...BURY });
      await kill(rig, "first");
      const stored = await rig.find(BLOCKED, "then");

      await rig.store.move(BLOCKED, stored, "queue", stored.payload);

      expect(await rig.releaseBlocked()).toEqual([]);
      expect(await rig.status("then")).toBe("enqueued");
    });

    it("is buried in a record that says what it was, where it is no JSON", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("first");
      const entry = await rig.entry("then", { prereqs: ["first"], ...BURY });
      await rig.adapter.enqueue([{ ...entry, payload: "[oops" }]);

      await kill(rig, "first");
      await rig.releaseBlocked();

      const { payload } = await rig.find(DEAD, "then");
      expect(JSON.parse(payload)).toMatchObject({
        class: "Mandate::Unreadable",
        args: ["[oops"],
        jid: jid("then"),
        queue: "default",
        error_class: "PrereqJobDeadError",
      });
    });
  });
}

async function kill(rig: Rig, name: string): Promise<void> {
  const { lease, job } = await rig.run(name);
  await lease.settle(dead(job));
}
