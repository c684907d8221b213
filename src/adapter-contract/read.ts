import { describe, expect, it } from "vitest";
import type { Place } from "../adapters/job-store.ts";
import { dead, done, jid, nameOf, namesOf, retry } from "./jobs.ts";
import { Rig, type CreateStore } from "./rig.ts";

const NAMES = Array.from({ length: 25 }, (_, index) => `job${String(index).padStart(2, "0")}`);

export function readContract(create: CreateStore): void {
  describe("reading", () => {
    it("knows a queue from its first job until it is cleared", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("b", { queue: "b" });
      await rig.enqueue("a", { queue: "a" });
      const lease = await rig.lease();
      await lease.settle(done(await lease.fetchOne("a")));
      expect(await rig.store.queueNames()).toEqual(["a", "b"]);

      await rig.store.clear({ queue: "a" });

      expect(await rig.store.queueNames()).toEqual(["b"]);
    });

    it("counts a place", async () => {
      const rig = await Rig.open(create);
      await fillAll(rig);

      for (const place of PLACES) {
        expect([place, await rig.store.size(place)]).toEqual([place, 25]);
      }
      expect(await rig.store.size({ queue: "never-seen" })).toBe(0);
    });

    it.each<[string, Place, boolean]>([
      ["a queue in the order of fetching", { queue: "default" }, false],
      ["the scheduled by due time", { set: "scheduled" }, false],
      ["the retried by due time", { set: "retry" }, false],
      ["the dead, newest first", { set: "dead" }, true],
    ])("pages through %s", async (_what, place, reversed) => {
      const rig = await Rig.open(create);
      await fillAll(rig);
      const prefix = "queue" in place ? "queued" : place.set;
      const expected = NAMES.map((name) => `${prefix}-${name}`);

      for (const pageSize of [1, 7, 25, 100]) {
        const names = await rig.names(place, pageSize);
        expect(names).toEqual(reversed ? expected.toReversed() : expected);
      }
    });

    it("pages through the blocked", async () => {
      const rig = await Rig.open(create);
      await fillAll(rig);

      const names = await rig.names({ set: "blocked" }, 7);

      expect(names.toSorted()).toEqual(NAMES.map((name) => `blocked-${name}`));
    });

    it("has one empty page of an empty place", async () => {
      const rig = await Rig.open(create);

      for (const place of PLACES) {
        expect(await rig.store.page(place, undefined, 10)).toEqual({ jobs: [], cursor: undefined });
      }
    });

    it("never hands out more than a page", async () => {
      const rig = await Rig.open(create);
      await fillAll(rig);

      for (const place of PLACES) {
        const { jobs, cursor } = await rig.store.page(place, undefined, 10);
        expect([place, jobs.length, typeof cursor]).toEqual([place, 10, "string"]);
      }
    });

    it("misses no job that stays, whatever is deleted meanwhile", async () => {
      const rig = await Rig.open(create);
      await fillAll(rig);

      for (const place of PLACES) {
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await rig.store.page(place, cursor, 4);
          seen.push(...namesOf(page.jobs));
          for (const job of page.jobs) {
            await rig.store.delete(place, job);
          }
          cursor = page.cursor;
        } while (cursor !== undefined);
        expect(new Set(seen).size).toBe(25);
        expect(await rig.store.size(place)).toBe(0);
      }
    });

    it("tells when a job is due, or died", async () => {
      const rig = await Rig.open(create);
      const start = await rig.now();
      await fillAll(rig);

      const times = async (place: Place): Promise<(number | undefined)[]> =>
        (await rig.stored(place)).map(({ at }) => at);

      expect(new Set(await times({ queue: "default" }))).toEqual(new Set([undefined]));
      expect(new Set(await times({ set: "blocked" }))).toEqual(new Set([undefined]));
      for (const set of ["scheduled", "retry", "dead"] as const) {
        const sorted = (await times({ set })) as number[];
        expect(sorted).toEqual(sorted.toSorted((a, b) => (set === "dead" ? b - a : a - b)));
        expect(Math.min(...sorted)).toBeGreaterThanOrEqual(start - 0.001);
      }
    });

    it("finds a job by its jid, in its place only", async () => {
      const rig = await Rig.open(create);
      await fillAll(rig);

      for (const place of PLACES) {
        const [stored] = await rig.stored(place);
        expect(await rig.store.find(place, stored!.jid!)).toEqual(stored);
        for (const other of PLACES.filter((candidate) => candidate !== place)) {
          expect(await rig.store.find(other, stored!.jid!)).toBeUndefined();
        }
      }
      expect(await rig.store.find({ queue: "default" }, jid("never-seen"))).toBeUndefined();
    });

    it("finds each job of a long queue", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(Array.from({ length: 1_500 }, (_, index) => `job${index}`));

      for (const name of ["job0", "job749", "job1499"]) {
        const { payload } = await rig.find({ queue: "default" }, name);
        expect(nameOf(payload)).toBe(name);
      }
    });

    it("tells the store's time", async () => {
      const rig = await Rig.open(create);
      const before = await rig.store.now();

      await rig.elapse(2);

      const passed = (await rig.store.now()) - before;
      expect(passed).toBeGreaterThanOrEqual(2 * rig.tick - 0.002);
    });

    it("says in words what there is to say of its server", async () => {
      const rig = await Rig.open(create);

      for (const { check, level, found, problem, todo } of await rig.store.findings()) {
        expect([check, found]).not.toContain("");
        expect([typeof problem, typeof todo]).toEqual(
          level === "ok" ? ["undefined", "undefined"] : ["string", "string"],
        );
      }
    });

    it("counts runs by day", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["a", "b"]);
      const lease = await rig.lease();
      const [one, other] = await lease.fetch(2);
      await lease.settle(done(one!), dead(other!));

      const days = await rig.store.countersByDay(1_825);

      // On which of them is the worker's to say: its clock may be another than the store's.
      const counted = days.filter(({ processed, failed }) => processed + failed > 0);
      expect(counted).toMatchObject([{ processed: 2, failed: 1 }]);
      expect(days).toHaveLength(1_825);
      expect(days.map(({ date }) => date)).toEqual(days.map(({ date }) => date).toSorted());
      const today = new Date((await rig.now()) * 1000).toISOString().slice(0, 10);
      expect(days.at(-1)?.date).toBe(today);
    });

    it("starts with nothing", async () => {
      const rig = await Rig.open(create);

      expect(await rig.store.queueNames()).toEqual([]);
      expect(await rig.store.pausedQueues()).toEqual([]);
      expect(await rig.store.counters()).toEqual({ processed: 0, failed: 0 });
      expect(await rig.store.workers()).toEqual([]);
      expect(await rig.store.running()).toEqual([]);
    });
  });
}

const PLACES: readonly Place[] = [
  { queue: "default" },
  { set: "scheduled" },
  { set: "retry" },
  { set: "dead" },
  { set: "blocked" },
];

/** Puts 25 jobs into each place, whose names begin with the place's. */
async function fillAll(rig: Rig): Promise<void> {
  const lease = await rig.lease();
  const start = (await rig.now()) + 100 * rig.tick;
  await rig.enqueueAll(NAMES.map((name) => `retry-${name}`));
  const failing = await lease.fetch(100);
  // Out of order, so that nothing is sorted by luck.
  await lease.settle(
    ...failing.map((job, index) => retry(job, start + index * rig.tick)).toReversed(),
  );
  await rig.enqueueAll(NAMES.map((name) => `dead-${name}`));
  for (const job of await lease.fetch(100)) {
    await lease.settle(dead(job));
    await rig.elapse(0.01);
  }
  for (const [index, name] of [...NAMES.entries()].toReversed()) {
    await rig.enqueue(`scheduled-${name}`, { at: start + index * rig.tick });
  }
  await rig.enqueueAll(NAMES.map((name) => `queued-${name}`));
  await rig.enqueueAll(
    NAMES.map((name) => `blocked-${name}`),
    { prereqs: ["queued-job00"] },
  );
}
