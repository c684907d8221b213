import { describe, expect, it } from "vitest";
import type { Outcome } from "../adapters/adapter.ts";
import type { Place, StoredJob } from "../adapters/job-store.ts";
import { latest, offer, openHolds, runAll, turn } from "./hold-rig.ts";
import { done, fieldsOf, nameOf, payloadOf } from "./jobs.ts";
import { putAll, WHERE } from "./places.ts";
import { Rig, type CreateStore } from "./rig.ts";

const QUEUE = { queue: "default" };
const NAMES = Array.from({ length: 120 }, (_, index) => `job${String(index).padStart(3, "0")}`);

export function rewriteContract(create: CreateStore): void {
  describe("rewriting payloads where they are", () => {
    it.each(WHERE)("changes those given, and nothing else: %s", async (where) => {
      const rig = await Rig.open(create);
      const place = await putAll(rig, where, NAMES);
      const before = await rig.stored(place);
      const some = before.slice(7, 117);

      expect(await rig.store.rewriteAll(place, some, marked)).toBe(110);

      expect(await shown(rig, place)).toEqual(
        before.map((job, index) =>
          shownJob(index >= 7 && index < 117 ? { ...job, payload: marked(job.payload) } : job),
        ),
      );
      expect(await rig.status(NAMES[8]!)).toBe(await rig.status(NAMES[0]!));
    });

    it.each(WHERE)("leaves what has left, or has become another: %s", async (where) => {
      const rig = await Rig.open(create);
      const place = await putAll(rig, where, ["a", "b", "c"]);
      const [a, b, c] = (await rig.stored(place)) as [StoredJob, StoredJob, StoredJob];
      await rig.store.delete(place, a);
      await rig.store.rewriteAll(place, [b], marked);

      const again = (payload: string): string => marked(marked(payload));
      expect(await rig.store.rewriteAll(place, [a, b, c], again)).toBe(1);
      expect(await rig.store.rewriteAll({ queue: "unknown" }, [c], marked)).toBe(0);

      expect((await rig.stored(place)).map(marksOf)).toEqual(
        [b, c].map((job) => (job === b ? 1 : 2)),
      );
    });

    it("leaves those that are to stay", async () => {
      const rig = await Rig.open(create);
      const place = await putAll(rig, "queue", ["a", "b"]);
      const onlyB = (payload: string): string | undefined =>
        nameOf(payload) === "b" ? marked(payload) : undefined;

      expect(await rig.store.rewriteAll(place, await rig.stored(place), onlyB)).toBe(1);
      expect(await rig.store.rewriteAll(place, [], marked)).toBe(0);

      expect((await rig.stored(place)).map(marksOf)).toEqual([0, 1]);
    });

    it("is what workers get then, in the same order, priorities and all", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("later", { priority: 5 });
      await rig.enqueue("first", { priority: -5 });
      await rig.enqueueAll(["a", "b"]);

      await rig.store.rewriteAll(QUEUE, await rig.stored(QUEUE), marked);

      const lease = await rig.lease();
      const jobs = await lease.fetch(4);
      const order = rig.adapter.capabilities.priorities
        ? ["first", "a", "b", "later"]
        : ["later", "first", "a", "b"];
      expect(jobs.map(({ payload }) => nameOf(payload))).toEqual(order);
      expect(jobs.map(marksOf)).toEqual([1, 1, 1, 1]);
    });

    it("changes what is finished and kept", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const lease = await rig.lease();
      const job = await lease.fetchOne();
      const finished = { payload: payloadOf("a"), group: "Job", count: 10, seconds: 600 };
      await lease.settle({ ...done(job), finished } as Outcome);
      const place = { set: "finished" } as const;

      expect(await rig.store.rewriteAll(place, await rig.stored(place), marked)).toBe(1);

      expect((await rig.stored(place)).map(marksOf)).toEqual([1]);
    });

    it("changes what waits for a turn, and leaves it its place in the line", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      await offer(rig, ["holder", "a", "b"], { holds: [turn()] });
      const lease = await rig.lease();
      const job = await lease.fetchOne();
      await lease.fetch();

      expect(await rig.store.rewriteAll(QUEUE, await rig.stored(QUEUE), marked)).toBe(2);

      expect((await rig.stored(QUEUE)).map(({ waitsFor }) => waitsFor)).toEqual(["k", "k"]);
      await lease.settle(done(job));
      expect(await runAll(rig)).toEqual(["a", "b"]);
    });

    it.for([0, 1])("changes what replaced a job that waits: %s", async (inTicks, { skip }) => {
      const { rig } = await openHolds(create, skip);
      await offer(rig, ["a"], { holds: [latest()], inTicks });
      await offer(rig, ["b"], { holds: [latest()], inTicks });
      const place: Place = inTicks === 0 ? QUEUE : { set: "scheduled" };

      await rig.store.rewriteAll(place, await rig.stored(place), marked);
      await rig.elapse(2);
      await rig.adapter.promoteDue();

      const lease = await rig.lease();
      const job = await lease.fetchOne();
      expect([nameOf(job.payload), marksOf(job)]).toEqual(["b", 1]);
    });
  });
}

/** Once more than before. */
function marked(payload: string): string {
  return `${payload.slice(0, -1)},"marks":${marksOf({ payload }) + 1}}`;
}

function marksOf({ payload }: { readonly payload: string }): number {
  return Number(fieldsOf(payload)["marks"] ?? 0);
}

async function shown(rig: Rig, place: Place): Promise<unknown[]> {
  return (await rig.stored(place)).map(shownJob);
}

function shownJob({ jid, queue, at, payload }: StoredJob): unknown {
  return { jid, queue, at, payload };
}
