import { describe, expect, it } from "vitest";
import type { Place } from "../adapters/job-store.ts";
import { dead, fieldsOf, jid, payloadOf, retry, runOf } from "./jobs.ts";
import { putAll, WHERE } from "./places.ts";
import { Rig, type CreateStore } from "./rig.ts";

const DEFAULT = { queue: "default" };
const DEAD = { set: "dead" } as const;

export function manageContract(create: CreateStore): void {
  describe("managing", () => {
    it.each(WHERE)("deletes a job from: %s", async (where) => {
      const rig = await Rig.open(create);
      const place = await put(rig, where);
      const stored = await rig.find(place, "a");

      expect(await rig.store.delete(place, stored)).toBe(true);
      expect(await rig.store.delete(place, stored)).toBe(false);

      expect(await rig.status("a")).toBe("finished");
      expect(await rig.names(place)).toEqual(["b"]);
    });

    it.each(WHERE)(
      "moves a job to the end of its queue, with a new payload, from: %s",
      async (where) => {
        const rig = await Rig.open(create);
        const place = await put(rig, where);
        await rig.enqueue("last");
        const stored = await rig.find(place, "a");
        const payload = payloadOf("a", "default", 7);

        expect(await rig.store.move(place, stored, "queue", payload)).toBe(true);
        expect(await rig.store.move({ set: "retry" }, stored, "queue", payload)).toBe(false);

        expect(await rig.status("a")).toBe("enqueued");
        expect((await rig.names(DEFAULT)).slice(-2)).toEqual(["last", "a"]);
        const moved = await rig.find(DEFAULT, "a");
        expect(runOf(moved.payload)).toBe(7);
        expect(fieldsOf(moved.payload)["enqueued_at"]).toBeCloseTo(await rig.now(), 0);
      },
    );

    it.each(WHERE)("kills a job, with a new payload, from: %s", async (where) => {
      const rig = await Rig.open(create);
      const place = await put(rig, where);
      const stored = await rig.find(place, "a");
      const payload = payloadOf("a", "default", 7);

      expect(await rig.store.move(place, stored, "dead", payload)).toBe(true);

      const died = await rig.find(DEAD, "a");
      expect(died).toMatchObject({ jid: jid("a"), queue: "default", payload });
      expect(died.at).toBeCloseTo(await rig.now(), 0);
      expect(await rig.status("a")).toBe("dead");
    });

    it.each(WHERE)("clears: %s", async (where) => {
      const rig = await Rig.open(create);
      const place = await put(rig, where);

      expect(await rig.store.clear(place)).toBe(2);
      expect(await rig.store.clear(place)).toBe(0);

      expect(await rig.store.size(place)).toBe(0);
      expect(await rig.statuses("a", "b")).toEqual({ a: "finished", b: "finished" });
    });

    it("moves a job to the queue it waits for, not to that it came from", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease, job } = await rig.run("a");
      await lease.settle(retry(job, (await rig.now()) + rig.ttl, "slow"));
      const stored = await rig.find({ set: "retry" }, "a");

      await rig.store.move({ set: "retry" }, stored, "queue", stored.payload);

      expect(await rig.names({ queue: "slow" })).toEqual(["a"]);
      expect(await rig.store.queueNames()).toEqual(["default", "slow"]);
    });

    it("touches no job that has left its place", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const stored = await rig.find(DEFAULT, "a");
      await rig.run("a");

      expect(await rig.store.delete(DEFAULT, stored)).toBe(false);
      expect(await rig.store.move(DEFAULT, stored, "dead", stored.payload)).toBe(false);
      expect(await rig.store.clear(DEFAULT)).toBe(0);

      expect(await rig.status("a")).toBe("running");
    });

    it("touches no job that came back with another payload", async () => {
      const rig = await Rig.open(create);
      const place = await put(rig, "retry");
      const stored = await rig.find(place, "a");
      await rig.store.move(place, stored, "queue", stored.payload);
      const { lease, job } = await rig.run("a");
      await lease.settle(retry(job, (await rig.now()) + rig.ttl));

      expect(await rig.store.delete(place, stored)).toBe(false);
      expect(await rig.store.move(place, stored, "queue", stored.payload)).toBe(false);

      expect(await rig.status("a")).toBe("retrying");
    });

    it("moves a job once when two operators do it at the same time", async () => {
      const rig = await Rig.open(create);
      const other = await rig.connect();
      const place = await put(rig, "dead");
      const stored = await rig.find(place, "a");

      const moved = await Promise.all(
        [rig.adapter, other, rig.adapter].map(({ store }) =>
          store.move(place, stored, "queue", stored.payload),
        ),
      );

      expect(moved.filter(Boolean)).toHaveLength(1);
      expect((await rig.names(DEFAULT)).filter((name) => name === "a")).toHaveLength(1);
    });

    it("takes a job to the front of nothing: due times are forgotten once it was moved", async () => {
      const rig = await Rig.open(create);
      const place = await put(rig, "scheduled");
      const stored = await rig.find(place, "a");

      await rig.store.move(place, stored, "queue", stored.payload);

      expect((await rig.find(DEFAULT, "a")).at).toBeUndefined();
    });

    it("pauses and resumes a queue by name", async () => {
      const rig = await Rig.open(create);

      await rig.store.pause("b");
      await rig.store.pause("a");
      await rig.store.pause("a");
      expect((await rig.store.pausedQueues()).toSorted()).toEqual(["a", "b"]);
      await rig.store.resume("a");
      await rig.store.resume("never-paused");

      expect(await rig.store.pausedQueues()).toEqual(["b"]);
    });

    it("lets no one fetch on any adapter while a queue is paused", async () => {
      const rig = await Rig.open(create);
      const other = await rig.connect();
      await rig.enqueue("a");
      const lease = await rig.lease({}, other);

      await rig.store.pause("default");

      expect(await lease.fetch()).toEqual([]);
    });

    it("keeps no more than 10,000 dead, the newest", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease({ ttl: Infinity });
      const names = Array.from({ length: 10_100 }, (_, index) => `job${index}`);
      await rig.enqueueAll(names);

      for (let count = 0; count < names.length; count += 500) {
        await lease.settle(...(await lease.fetch(500)).map(dead));
        await rig.elapse(0.01);
      }

      const size = await rig.store.size(DEAD);
      expect(size).toBeGreaterThanOrEqual(9_999);
      expect(size).toBeLessThanOrEqual(10_000);
      expect(await rig.statuses("job0", "job10099")).toEqual({
        job0: "finished",
        job10099: "dead",
      });
    });
  });
}

/** Brings jobs "a" and "b" to a place. */
function put(rig: Rig, where: (typeof WHERE)[number]): Promise<Place> {
  return putAll(rig, where, ["a", "b"]);
}
