import { describe, expect, it } from "vitest";
import type { FetchedJob } from "../adapters/adapter.ts";
import { done, fieldsOf, jid, release, requeue, retry } from "./jobs.ts";
import { Rig, type CreateStore } from "./rig.ts";
import type { TestLease } from "./test-lease.ts";

const DEFAULT = { queue: "default" };

export function recoverContract(create: CreateStore): void {
  describe("recovering", () => {
    it("returns a dead worker's jobs to the heads of their queues, in their old order", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await rig.enqueueAll(["a", "b", "c", "d"]);
      await rig.enqueue("m", { queue: "mailers" });
      await lease.fetch(2);
      await lease.fetch(2, ["mailers", "default"]);
      await rig.die(lease);

      const recovered = await rig.adapter.recover();

      expect(recovered).toEqual([{ identity: lease.identity, recovered: 4, buried: [] }]);
      expect(await rig.names(DEFAULT)).toEqual(["a", "b", "c", "d"]);
      expect(await rig.names({ queue: "mailers" })).toEqual(["m"]);
    });

    it("keeps their text byte for byte", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const before = await rig.stored(DEFAULT);
      const { lease } = await rig.run("a");
      await rig.die(lease);

      await rig.adapter.recover();

      expect(await rig.stored(DEFAULT)).toEqual(before);
    });

    it("takes nothing from workers that live", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["a", "b"]);
      const { lease } = await rig.run("a");
      await rig.run("b");
      await rig.die(lease);

      await rig.adapter.recover();

      expect(await rig.statuses("a", "b")).toEqual({ a: "enqueued", b: "running" });
    });

    it("recovers each dead worker on its own", async () => {
      const rig = await Rig.open(create);
      const [first, second, idle] = [await rig.lease(), await rig.lease(), await rig.lease()];
      await rig.enqueueAll(["a", "b", "c", "d", "e"]);
      await first.fetch(2);
      await second.fetch(2);
      await rig.die(first, second, idle);

      const recovered = await rig.adapter.recover();

      const counts = new Map(recovered.map((entry) => [entry.identity, entry.recovered]));
      expect(counts.get(first.identity)).toBe(2);
      expect(counts.get(second.identity)).toBe(2);
      expect(counts.get(idle.identity) ?? 0).toBe(0);
      // One worker after the other: whoever was dealt with last is in front.
      const lastIsFirst = recovered.findLast((entry) => entry.recovered > 0)?.identity;
      const expected = lastIsFirst === first.identity ? "abcde" : "cdabe";
      expect((await rig.names(DEFAULT)).join("")).toBe(expected);
    });

    it("finds nothing the second time", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease } = await rig.run("a");
      await rig.die(lease);

      await rig.adapter.recover();

      expect(await rig.adapter.recover()).toEqual([]);
      expect(await rig.names(DEFAULT)).toEqual(["a"]);
    });

    it("recovers a job once when many recover at the same time", async () => {
      const rig = await Rig.open(create);
      const other = await rig.connect();
      const lease = await rig.lease();
      await rig.enqueueAll(["a", "b", "c"]);
      await lease.fetch();
      await rig.die(lease);

      const all = await Promise.all([rig.adapter, other, rig.adapter].map((by) => by.recover()));

      expect(all.flat().reduce((sum, { recovered }) => sum + recovered, 0)).toBe(3);
      expect(await rig.names(DEFAULT)).toEqual(["a", "b", "c"]);
    });

    it("puts a job in front of those of its own priority", async () => {
      const rig = await Rig.open(create);
      await rig.lease();
      await rig.enqueueAll(["bulk1", "bulk2"], { priority: 5 });
      const { lease } = await rig.run("bulk1");
      await rig.enqueue("urgent", { priority: -5 });
      await rig.die(lease);

      await rig.adapter.recover();

      expect(await rig.names(DEFAULT)).toEqual(
        rig.adapter.capabilities.priorities
          ? ["urgent", "bulk1", "bulk2"]
          : ["bulk1", "bulk2", "urgent"],
      );
    });

    counting(create);
  });
}

function counting(create: CreateStore): void {
  describe("the same job again and again", () => {
    it("counts, so that the worker can run it alone", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");

      await lose(rig, 1);
      expect(await fetchAndRelease(rig)).toMatchObject({ recoveries: 1 });
      await lose(rig, 1);
      expect(await fetchAndRelease(rig)).toMatchObject({ recoveries: 2 });
    });

    it("buries it the third time, with an error that operators can read", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["killer", "bystander"]);
      await lose(rig, 2);
      const lease = await rig.lease();
      await lease.fetchOne();
      await rig.die(lease);

      const recovered = await rig.adapter.recover();

      expect(recovered).toEqual([
        { identity: lease.identity, recovered: 0, buried: [jid("killer")] },
      ]);
      const stored = await rig.find({ set: "dead" }, "killer");
      const { enqueued_at, failed_at, ...fields } = fieldsOf(stored.payload);
      expect(enqueued_at).toBeUndefined();
      expect(failed_at).toBeCloseTo(await rig.now(), 0);
      expect(fields).toMatchObject({
        args: ["killer", 0],
        retry_count: 0,
        error_class: "JobLostError",
        error_message:
          `Cannot run job ${jid("killer")}: its worker died 3 times while it ran. Find out whether ` +
          "the job ends the process (memory, an endless loop, a crash in native code), then retry " +
          "it from the dead set",
      });
      expect(await rig.names(DEFAULT)).toEqual(["bystander"]);
    });

    it("counts failures on, for a job that failed before", async () => {
      const rig = await Rig.open(create);
      const entry = await rig.entry("a");
      const payload = entry.payload.replace("}", ',"failed_at":1.5,"retry_count":4}');
      await rig.adapter.enqueue([{ ...entry, payload }]);

      await lose(rig, 3);

      const { retried_at, ...fields } = fieldsOf((await rig.find({ set: "dead" }, "a")).payload);
      expect(retried_at).toBeCloseTo(await rig.now(), 0);
      expect(fields).toMatchObject({ failed_at: 1.5, retry_count: 5 });
    });

    it("buries only what was lost too often", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      await lose(rig, 2);
      await rig.enqueue("b");
      const lease = await rig.lease();
      await lease.fetch(2);
      await rig.die(lease);

      const recovered = await rig.adapter.recover();

      expect(recovered).toEqual([{ identity: lease.identity, recovered: 1, buried: [jid("a")] }]);
      expect(await rig.statuses("a", "b")).toEqual({ a: "dead", b: "enqueued" });
    });

    it("buries what is no JSON in a record that says what it was", async () => {
      const rig = await Rig.open(create);
      await rig.adapter.enqueue([{ jid: jid("a"), queue: "default", payload: "{oops" }]);

      await lose(rig, 3);

      const { payload } = await rig.find({ set: "dead" }, "a");
      expect(JSON.parse(payload)).toMatchObject({
        class: "Mandate::Unreadable",
        args: ["{oops"],
        jid: jid("a"),
        queue: "default",
        error_class: "JobLostError",
      });
    });

    it.each<[string, (lease: TestLease, job: FetchedJob, now: number) => Promise<unknown>]>([
      ["was requeued", (lease, job) => lease.settle(requeue(job))],
      ["was retried", (lease, job, now) => lease.settle(retry(job, now - 1))],
    ])("starts to count anew once it %s", async (_how, settle) => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      await lose(rig, 2);
      const { lease, job } = await rig.run("a");

      await settle(lease, job, await rig.now());
      await rig.adapter.promoteDue();

      expect(await fetchAndRelease(rig)).toMatchObject({ recoveries: 0 });
    });

    it("keeps the count of a job that was handed back", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      await lose(rig, 2);

      await fetchAndRelease(rig);
      const { lease } = await rig.run("a");
      await lease.close();

      expect(await fetchAndRelease(rig)).toMatchObject({ recoveries: 2 });
    });

    it("counts from 0 for a new job under an old jid", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      await lose(rig, 2);
      const { lease, job } = await rig.run("a");
      await lease.settle(done(job));

      await rig.enqueue("a");

      expect(await fetchAndRelease(rig)).toMatchObject({ recoveries: 0 });
    });

    it("counts from 0 for a job that was revived", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      await lose(rig, 3);
      const stored = await rig.find({ set: "dead" }, "a");

      await rig.store.move({ set: "dead" }, stored, "queue", stored.payload);

      expect(await fetchAndRelease(rig)).toMatchObject({ recoveries: 0 });
    });
  });
}

/** Lets workers die over the first job of the default queue. */
async function lose(rig: Rig, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    const lease = await rig.lease();
    await lease.fetchOne();
    await rig.die(lease);
    await rig.adapter.recover();
  }
}

async function fetchAndRelease(rig: Rig): Promise<FetchedJob> {
  const lease = await rig.lease();
  const job = await lease.fetchOne();
  await lease.settle(release(job));
  return job;
}
