import { describe, expect, it } from "vitest";
import type { Outcome } from "../adapters/adapter.ts";
import { FAILURES_KEPT } from "../adapters/batches.ts";
import {
  addTo,
  callbacks,
  closedBatch,
  countsOf,
  openBatch,
  openBatches,
  stateOf,
} from "./batch-rig.ts";
import { block, dead, done, ended, jid, payloadOf, release, requeue, retry } from "./jobs.ts";
import type { CreateStore } from "./rig.ts";

const DEAD = { set: "dead" } as const;

export function batchesContract(create: CreateStore): void {
  describe("a batch", () => {
    it("is complete and a success once its jobs are done", async ({ skip }) => {
      const on = await closedBatch(create, skip, "one", "two");
      await on.rig.finish("one");
      expect(await callbacks(on)).toEqual([]);
      expect(await countsOf(on, "b")).toBe("2 1 1 0");

      await on.rig.finish("two");

      expect(await callbacks(on)).toEqual(["b complete", "b success"]);
      expect(await countsOf(on, "b")).toBe("2 0 0 0");
      expect(await on.rig.status("b death")).toBe("cancelled");
      const { completedAt, succeededAt, endedAt, diedAt, text } = await stateOf(on, "b");
      expect([completedAt, succeededAt, endedAt].map((at) => typeof at)).toEqual(
        Array.from({ length: 3 }, () => "number"),
      );
      expect(diedAt).toBeUndefined();
      expect(text).toBe("text of b");
    });

    it("is nothing before it is closed", async ({ skip }) => {
      const on = await openBatches(create, skip);
      await openBatch(on, "b");
      await addTo(on, "b", ["one"]);
      await on.rig.finish("one");
      expect(await callbacks(on)).toEqual([]);

      expect(await on.batches.close("b")).toBe(true);

      expect(await callbacks(on)).toEqual(["b complete", "b success"]);
      expect(await on.batches.close("b")).toBe(false);
    });

    it("is a success at once where it is empty", async ({ skip }) => {
      const on = await closedBatch(create, skip);

      expect(await callbacks(on)).toEqual(["b complete", "b success"]);
    });

    it("counts a job once that is enqueued again", async ({ skip }) => {
      const on = await closedBatch(create, skip, "one");
      await addTo(on, "b", ["one", "one"]);

      expect(await countsOf(on, "b")).toBe("1 1 1 0");
    });

    it("is complete once each job has been tried, and a success once all are done", async ({
      skip,
    }) => {
      const on = await closedBatch(create, skip, "one");
      const { lease, job } = await on.rig.run("one");
      await lease.settle(retry(job, (await on.rig.now()) + on.rig.tick));
      expect(await callbacks(on)).toEqual(["b complete"]);
      expect(await countsOf(on, "b")).toBe("1 1 0 0");

      await on.rig.elapse(2);
      await on.rig.adapter.promoteDue();
      await on.rig.finish("one");

      expect(await callbacks(on)).toEqual(["b complete", "b success"]);
    });

    it("takes no requeue, wait, release or recovery for an attempt", async ({ skip }) => {
      const on = await closedBatch(create, skip, "one");
      await on.rig.enqueue("other", { queue: "others" });
      for (const end of [requeue, release]) {
        const { lease, job } = await on.rig.run("one");
        await lease.settle(end(job));
      }
      const lost = await on.rig.run("one");
      await on.rig.die(lost.lease);
      await on.rig.adapter.recover();
      const { lease, job } = await on.rig.run("one");
      await lease.settle(block(job, ["other"]));

      expect(await callbacks(on)).toEqual([]);
      expect(await countsOf(on, "b")).toBe("1 1 1 0");
    });

    it("is left by jobs that end without success", async ({ skip }) => {
      const on = await closedBatch(create, skip, "discarded", "expired", "cancelled", "deleted");
      for (const how of ["discarded", "expired"] as const) {
        const { lease, job } = await on.rig.run(how);
        await lease.settle(ended(job, how));
      }
      await on.rig.store.cancel(jid("cancelled"));
      const queue = { queue: "default" };
      await on.rig.store.delete(queue, await on.rig.find(queue, "deleted"));

      expect(await callbacks(on)).toEqual(["b complete", "b success"]);
    });

    it("tells of the first death, and is no success until it has come back", async ({ skip }) => {
      const on = await closedBatch(create, skip, "one", "two");
      for (const name of ["one", "two"]) {
        const { lease, job } = await on.rig.run(name);
        await lease.settle(dead(job));
      }
      expect(await callbacks(on)).toEqual(["b death", "b complete"]);
      expect(await countsOf(on, "b")).toBe("2 2 0 2");

      for (const name of ["one", "two"]) {
        const job = await on.rig.find(DEAD, name);
        await on.rig.store.move(DEAD, job, "queue", job.payload);
      }
      expect(await countsOf(on, "b")).toBe("2 2 0 0");
      await on.rig.finish("one");
      await on.rig.finish("two");

      expect(await callbacks(on)).toEqual(["b death", "b complete", "b success"]);
    });

    it("is never a success where a dead job was deleted", async ({ skip }) => {
      const on = await closedBatch(create, skip, "one", "two");
      const { lease, job } = await on.rig.run("one");
      await lease.settle(dead(job));
      await on.rig.store.delete(DEAD, await on.rig.find(DEAD, "one"));

      await on.rig.finish("two");

      expect(await callbacks(on)).toEqual(["b death", "b complete"]);
      expect(await countsOf(on, "b")).toBe("2 1 0 1");
    });

    it("knows of jobs that are buried otherwise", async ({ skip }) => {
      const on = await closedBatch(create, skip, "killed", "lost");
      const queue = { queue: "default" };
      const killed = await on.rig.find(queue, "killed");
      await on.rig.store.move(queue, killed, "dead", killed.payload);
      for (let times = 0; times < 3; times += 1) {
        const { lease } = await on.rig.run("lost");
        await on.rig.die(lease);
        await on.rig.adapter.recover();
      }

      expect(await countsOf(on, "b")).toBe("2 2 0 2");
      expect(await callbacks(on)).toEqual(["b death", "b complete"]);
    });

    it("counts jobs that are scheduled, wait for others, or have holds", async ({ skip }) => {
      const on = await closedBatch(create, skip);
      await openBatch(on, "c");
      await addTo(on, "c", ["first"]);
      await addTo(on, "c", ["second"], { prereqs: ["first"] });
      await addTo(on, "c", ["later"], { inTicks: 1 });
      await addTo(on, "c", ["held"], {
        holds: [{ key: "k", from: "enqueue", until: "finished", whenFull: "refuse" }],
      });
      await addTo(on, "c", ["urgent"], { priority: -1 });
      await on.batches.close("c");
      expect(await countsOf(on, "c")).toBe("5 5 5 0");

      await on.rig.elapse(2);
      await on.rig.adapter.promoteDue();
      const lease = await on.rig.lease();
      for (let jobs = await lease.fetch(1); jobs.length > 0; jobs = await lease.fetch(1)) {
        await lease.settle(...jobs.filter(({ queue }) => queue === "default").map(done));
        await on.rig.releaseBlocked();
      }

      expect(await countsOf(on, "c")).toBe("5 0 0 0");
    });

    it("keeps the first failures of some of its jobs", async ({ skip }) => {
      const on = await closedBatch(create, skip, "one", "two");
      const failure = { error_class: "SmtpError", error_message: "busy" };
      for (const name of ["one", "two"]) {
        const { lease, job } = await on.rig.run(name);
        const payload = JSON.stringify({ ...JSON.parse(payloadOf(name)), ...failure });
        const outcome = name === "one" ? retry(job, (await on.rig.now()) + 100) : dead(job);
        await lease.settle({ ...outcome, payload } as Outcome);
      }

      const { failures } = await stateOf(on, "b");
      expect(failures).toEqual(
        ["one", "two"].map((name) => {
          return { jid: jid(name), errorClass: "SmtpError", errorMessage: "busy" };
        }),
      );
      expect(FAILURES_KEPT).toBe(100);
    });

    it("takes no job where it is unknown, or over", async ({ skip }) => {
      const on = await closedBatch(create, skip);

      expect(await addTo(on, "b", ["one"])).toEqual(["batch:b"]);
      expect(await addTo(on, "unknown", ["two"])).toEqual(["batch:unknown"]);

      expect(await on.rig.statuses("one", "two")).toEqual({ one: "finished", two: "finished" });
      expect(await countsOf(on, "b")).toBe("0 0 0 0");
    });

    it("frees what comes to wait for it late by what has happened, or cannot any more", async ({
      skip,
    }) => {
      const on = await closedBatch(create, skip);
      const { rig } = on;
      for (const [name, prereq] of [
        ["late complete", "batch:b:complete"],
        ["late success", "batch:b:success"],
        ["late death", "batch:b:death"],
        ["unknown complete", "batch:unknown:complete"],
      ] as const) {
        const entry = { ...(await rig.entry(name)), prereqs: [prereq] };
        await rig.adapter.enqueue([{ ...entry, prereqFailure: "cancel" }]);
      }

      expect(
        await rig.statuses("late complete", "late success", "late death", "unknown complete"),
      ).toEqual({
        "late complete": "enqueued",
        "late success": "enqueued",
        "late death": "cancelled",
        "unknown complete": "cancelled",
      });
    });

    it("takes more jobs while one of its own is there", async ({ skip }) => {
      const on = await closedBatch(create, skip, "one");
      expect(await addTo(on, "b", ["two"])).toEqual([]);
      await on.rig.finish("one");
      expect(await callbacks(on)).toEqual([]);

      await on.rig.finish("two");

      expect(await callbacks(on)).toEqual(["b complete", "b success"]);
    });

    it("is closed as incomplete where nobody renews its opening", async ({ skip }) => {
      const on = await openBatches(create, skip);
      const { rig, batches } = on;
      const opening = { id: "b", text: "", seconds: 2 * rig.tick, keep: 100 * rig.tick };
      await batches.open(opening);
      await rig.adapter.enqueue([
        { ...(await rig.entry("complete")), prereqs: ["batch:b:complete"] },
        { ...(await rig.entry("success")), prereqs: ["batch:b:success"], prereqFailure: "cancel" },
      ]);
      await rig.elapse(1);
      expect(await batches.renew("b", 2 * rig.tick)).toBe(true);
      await rig.elapse(1.5);
      await rig.adapter.promoteDue();
      expect(await rig.releaseBlocked()).toEqual([]);

      await rig.elapse(1);
      await rig.adapter.promoteDue();
      await rig.releaseBlocked();

      expect(await rig.statuses("complete", "success")).toEqual({
        complete: "enqueued",
        success: "cancelled",
      });
      expect(await stateOf(on, "b")).toMatchObject({ isIncomplete: true, openUntil: undefined });
      expect(await batches.renew("b", 1)).toBe(false);
    });

    it("is forgotten so long after its end", async ({ skip }) => {
      const on = await openBatches(create, skip);
      const { rig, batches } = on;
      await batches.open({ id: "b", text: "", seconds: 100, keep: 2 * rig.tick });
      await batches.note("b", "a text");
      await batches.close("b");
      expect(await batches.notes("b")).toEqual(["a text"]);

      await rig.elapse(3);
      await rig.adapter.promoteDue();

      expect(await batches.read(["b"])).toEqual([undefined]);
      expect(await batches.notes("b")).toEqual([]);
      expect(await batches.note("b", "another")).toBe(false);
    });
  });
}
