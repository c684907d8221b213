import { describe, expect, it } from "vitest";
import type { FetchedJob, Outcome } from "../adapters/adapter.ts";
import type { FinishedJob } from "../adapters/job-notes.ts";
import type { Place } from "../adapters/job-store.ts";
import { done, fieldsOf, jid, nameOf, payloadOf } from "./jobs.ts";
import { Rig, type CreateStore } from "./rig.ts";
import type { TestLease } from "./test-lease.ts";

const FINISHED: Place = { set: "finished" };

export function finishedContract(create: CreateStore): void {
  describe("finished jobs", () => {
    it("are kept where that is asked for, and nowhere else", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["a", "b"], { queue: "default" });
      const lease = await rig.lease();
      const before = await rig.now();
      const [a, b] = await lease.fetch();

      await lease.settle(kept(a!), done(b!));

      const [stored, ...others] = await rig.stored(FINISHED);
      expect(others).toEqual([]);
      expect(stored).toMatchObject({ jid: jid("a"), queue: "default" });
      expect(fieldsOf(stored!.payload)).toMatchObject({ outcome: "done" });
      expect(stored!.at).toBeGreaterThanOrEqual(before - 0.001);
      expect(await rig.store.find(FINISHED, jid("a"))).toEqual(stored);
      expect(await rig.store.find(FINISHED, jid("b"))).toBeUndefined();
      expect(await rig.statuses("a", "b")).toEqual({ a: "finished", b: "finished" });
    });

    it("are paged newest first, whatever is deleted meanwhile", async () => {
      const rig = await Rig.open(create);
      const names = Array.from({ length: 23 }, (_, index) => `job${index + 10}`);
      await rig.enqueueAll(names);
      const lease = await rig.lease();
      for (const job of await lease.fetch(100)) {
        await lease.settle(kept(job));
      }

      expect(await rig.store.size(FINISHED)).toBe(23);
      expect(await rig.names(FINISHED, 5)).toEqual(names.toReversed());
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await rig.store.page(FINISHED, cursor, 4);
        seen.push(...page.jobs.map(({ payload }) => nameOf(payload)));
        expect(await rig.store.deleteAll(FINISHED, page.jobs)).toBe(page.jobs.length);
        cursor = page.cursor;
      } while (cursor !== undefined);
      expect(seen).toEqual(names.toReversed());
      expect(await rig.store.size(FINISHED)).toBe(0);
    });

    it("are paged where many ended at once", async () => {
      const rig = await Rig.open(create);
      const names = Array.from({ length: 23 }, (_, index) => `job${index}`);
      await rig.enqueueAll(names);
      const lease = await rig.lease();

      await lease.settle(...(await lease.fetch(100)).map((job) => kept(job)));

      expect((await rig.names(FINISHED, 4)).toSorted()).toEqual(names.toSorted());
    });

    it("are as many of each group as it says, the latest", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();

      for (let index = 0; index < 6; index += 1) {
        await finish(rig, lease, `few${index}`, { group: "Few", count: 2 });
        await finish(rig, lease, `many${index}`, { group: "Many", count: 5 });
      }

      const names = await rig.names(FINISHED);
      expect(names.filter((name) => name.startsWith("few"))).toEqual(["few5", "few4"]);
      expect(names.filter((name) => name.startsWith("many"))).toHaveLength(5);
      expect(names).not.toContain("many0");
    });

    it("are forgotten when their time is over, whether others come or not", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await finish(rig, lease, "short", { seconds: 2 * rig.tick });
      await finish(rig, lease, "long", { seconds: 60 * rig.tick });

      await rig.elapse(3);

      expect(await rig.store.size(FINISHED)).toBe(1);
      expect(await rig.names(FINISHED)).toEqual(["long"]);
      expect(await rig.store.find(FINISHED, jid("short"))).toBeUndefined();
    });

    it("are there once for each jid", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();

      await finish(rig, lease, "a", {});
      await finish(rig, lease, "a", { group: "Other" });

      expect(await rig.names(FINISHED)).toEqual(["a"]);
    });

    it("are cleared, and deleted once", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      for (const name of ["a", "b", "c"]) {
        await finish(rig, lease, name, {});
      }
      const a = await rig.find(FINISHED, "a");

      expect(await rig.store.delete(FINISHED, { ...a, payload: "another" })).toBe(false);
      expect(await rig.store.delete(FINISHED, a)).toBe(true);
      expect(await rig.store.delete(FINISHED, a)).toBe(false);
      expect(await rig.store.clear(FINISHED)).toBe(2);

      expect(await rig.names(FINISHED)).toEqual([]);
    });

    it("leave a job of their jid alone that came since", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await finish(rig, lease, "a", {});
      const a = await rig.find(FINISHED, "a");
      await rig.enqueue("a");

      expect(await rig.store.move(FINISHED, a, "queue", a.payload)).toBe(false);
      expect(await rig.store.delete(FINISHED, a)).toBe(true);

      expect(await rig.status("a")).toBe("enqueued");
      expect(await rig.names({ queue: "default" })).toEqual(["a"]);
    });

    it("run again, or are buried, where somebody wants that", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await finish(rig, lease, "a", {});
      await finish(rig, lease, "b", {});

      const [a, b] = [await rig.find(FINISHED, "a"), await rig.find(FINISHED, "b")];
      expect(await rig.store.move(FINISHED, a, "queue", payloadOf("a"))).toBe(true);
      expect(await rig.store.move(FINISHED, b, "dead", payloadOf("b"))).toBe(true);

      expect(await rig.names(FINISHED)).toEqual([]);
      expect(await rig.statuses("a", "b")).toEqual({ a: "enqueued", b: "dead" });
      await lease.settle(done(await lease.fetchOne()));
      expect(await rig.status("a")).toBe("finished");
    });

    it("are not kept by who lost them", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease, job } = await rig.run("a");
      const stranger = await rig.lease();

      const { refused } = await stranger.exchange([kept(job)]);
      await lease.close();

      expect(refused).toHaveLength(1);
      expect(await rig.store.size(FINISHED)).toBe(0);
    });
  });
}

async function finish(
  rig: Rig,
  lease: TestLease,
  name: string,
  options: Partial<FinishedJob>,
): Promise<void> {
  await rig.enqueue(name);
  await lease.settle(kept(await lease.fetchOne(), options));
}

function kept(job: FetchedJob, options: Partial<FinishedJob> = {}): Outcome {
  const payload = JSON.stringify({ ...fieldsOf(job.payload), outcome: "done" });
  const finished: FinishedJob = { payload, group: "Job", count: 100, seconds: 600, ...options };
  return { ...done(job), finished } as Outcome;
}
