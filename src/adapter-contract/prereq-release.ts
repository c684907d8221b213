import { describe, expect, it } from "vitest";
import type { FetchedJob, Outcome } from "../adapters/adapter.ts";
import { block, dead, done, failed, release, requeue, retry } from "./jobs.ts";
import { Rig, type CreateStore } from "./rig.ts";

export function prereqReleaseContract(create: CreateStore): void {
  describe("a job that waits for another", () => {
    type Settle = (job: FetchedJob, now: number) => Outcome;

    it.each<[string, Settle]>([
      ["is done", done],
      ["is discarded after a failure", failed],
      ["dies", dead],
    ])("is released when its prerequisite %s", async (_how, outcome) => {
      const rig = await Rig.open(create);
      await rig.enqueue("first");
      await rig.enqueue("then", { prereqs: ["first"] });
      const { lease, job } = await rig.run("first");

      const { releasable } = await lease.settle(outcome(job, await rig.now()));
      await rig.releaseBlocked();

      expect(releasable).toBe(true);
      expect(await rig.status("then")).toBe("enqueued");
    });

    it.each<[string, Settle]>([
      ["waits for its retry", (job, now) => retry(job, now + 100)],
      ["was requeued", (job) => requeue(job)],
      ["was requeued for later", (job, now) => requeue(job, now + 100)],
      ["was handed back", release],
      ["became blocked itself", (job) => block(job, ["other"])],
    ])("keeps waiting while its prerequisite %s", async (_how, outcome) => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["first", "other"]);
      await rig.enqueue("then", { prereqs: ["first"] });
      const { lease, job } = await rig.run("first");

      const { releasable } = await lease.settle(outcome(job, await rig.now()));

      expect(releasable).toBe(false);
      expect(await rig.releaseBlocked()).toEqual([]);
      expect(await rig.status("then")).toBe("blocked");
    });

    it("is released once its requeued prerequisite is done at last", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("first");
      await rig.enqueue("then", { prereqs: ["first"] });
      const { lease, job } = await rig.run("first");
      await lease.settle(requeue(job));

      await rig.finish("first");
      await rig.releaseBlocked();

      expect(await rig.status("then")).toBe("enqueued");
    });

    it("keeps waiting while its prerequisite is lost and recovered, until that is buried", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("first");
      await rig.enqueue("then", { prereqs: ["first"] });

      for (const loss of [1, 2, 3]) {
        const { lease } = await rig.run("first");
        await rig.die(lease);
        await rig.adapter.recover();
        await rig.releaseBlocked();
        expect(await rig.status("then")).toBe(loss < 3 ? "blocked" : "enqueued");
      }
    });

    it.each(["scheduled", "retry", "blocked", "queue"] as const)(
      "is released when operators delete its prerequisite from: %s",
      async (where) => {
        const rig = await Rig.open(create);
        const place = await putFirst(rig, where);
        await rig.enqueue("then", { prereqs: ["first"] });

        await rig.store.delete(place, await rig.find(place, "first"));
        await rig.releaseBlocked();

        expect(await rig.status("then")).toBe("enqueued");
      },
    );

    it.each(["scheduled", "retry", "blocked", "queue"] as const)(
      "is released when operators clear, with its prerequisite: %s",
      async (where) => {
        const rig = await Rig.open(create);
        const place = await putFirst(rig, where);
        await rig.enqueue("outer");
        const { lease } = await rig.run("outer");
        await lease.exchange([], { queues: ["default"], limit: 1 });
        await rig.enqueue("then", { prereqs: ["first"], queue: "other" });

        await rig.store.clear(place);
        await rig.releaseBlocked();

        expect(await rig.status("first")).toBe("finished");
        // Clearing the blocked set takes the job that waited along.
        expect(await rig.status("then")).toBe(where === "blocked" ? "finished" : "enqueued");
      },
    );

    it.each(["scheduled", "retry", "blocked", "queue"] as const)(
      "is released when operators kill its prerequisite in: %s",
      async (where) => {
        const rig = await Rig.open(create);
        const place = await putFirst(rig, where);
        await rig.enqueue("then", { prereqs: ["first"] });
        const first = await rig.find(place, "first");

        await rig.store.move(place, first, "dead", first.payload);
        await rig.releaseBlocked();

        expect(await rig.statuses("first", "then")).toEqual({ first: "dead", then: "enqueued" });
      },
    );

    it("is waited for again once it is revived", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("first");
      const { lease, job } = await rig.run("first");
      await lease.settle(dead(job));
      const stored = await rig.find({ set: "dead" }, "first");
      await rig.store.move({ set: "dead" }, stored, "queue", stored.payload);

      await rig.enqueue("then", { prereqs: ["first"] });
      expect(await rig.status("then")).toBe("blocked");
      await rig.finish("first");
      await rig.releaseBlocked();

      expect(await rig.status("then")).toBe("enqueued");
    });
  });
}

/** Brings a job named "first" to where the test wants it. */
async function putFirst(
  rig: Rig,
  where: "scheduled" | "retry" | "blocked" | "queue",
): Promise<{ queue: string } | { set: "scheduled" | "retry" | "blocked" }> {
  if (where === "queue") {
    await rig.enqueue("first", { queue: "firsts" });
    return { queue: "firsts" };
  }
  if (where === "scheduled") {
    await rig.enqueue("first", { inTicks: 20, queue: "firsts" });
  } else if (where === "blocked") {
    await rig.enqueue("zeroth", { queue: "zeroths" });
    await rig.enqueue("first", { prereqs: ["zeroth"], queue: "firsts" });
  } else {
    await rig.enqueue("first", { queue: "firsts" });
    const lease = await rig.lease();
    await lease.settle(retry(await lease.fetchOne("firsts"), (await rig.now()) + rig.ttl));
  }
  return { set: where };
}
