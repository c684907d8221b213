import { describe, expect, it } from "vitest";
import type { Place, StoredJob } from "../adapters/job-store.ts";
import { fieldsOf, jid, namesOf, payloadOf, runOf } from "./jobs.ts";
import { putAll, WHERE } from "./places.ts";
import { Rig, type CreateStore } from "./rig.ts";

const DEFAULT = { queue: "default" };
const NAMES = Array.from({ length: 230 }, (_, index) => `job${String(index).padStart(3, "0")}`);

/** Managing many jobs at once. */
export function manageManyContract(create: CreateStore): void {
  describe("managing many", () => {
    it.each(WHERE)("deletes those given, and no others, from: %s", async (where) => {
      const rig = await Rig.open(create);
      const place = await putAll(rig, where, NAMES);
      const stored = await rig.stored(place);
      const [kept, doomed] = [stored.slice(200, 202), without(stored, 200, 202)];

      expect(await rig.store.deleteAll(place, doomed)).toBe(228);
      expect(await rig.store.deleteAll(place, doomed)).toBe(0);

      expect(await rig.names(place)).toEqual(namesOf(kept));
      expect(await rig.status(namesOf(doomed)[0]!)).toBe("finished");
    });

    it.each(WHERE)("moves those given to their queue, in this order, from: %s", async (where) => {
      const rig = await Rig.open(create);
      const place = await putAll(rig, where, NAMES);
      const names = NAMES.slice(10, 160);
      const moves = (await byName(rig, place, names)).map((job, index) => ({
        job,
        payload: payloadOf(names[index]!, "default", 7),
      }));

      expect(await rig.store.moveAll(place, moves, "queue")).toBe(150);
      expect(await rig.store.moveAll({ set: "retry" }, moves, "queue")).toBe(0);

      const moved = (await rig.stored(DEFAULT)).slice(-150);
      expect(namesOf(moved)).toEqual(names);
      expect(new Set(moved.map(({ payload }) => runOf(payload)))).toEqual(new Set([7]));
      expect(fieldsOf(moved[0]!.payload)["enqueued_at"]).toBeCloseTo(await rig.now(), 0);
      expect(await rig.status(names[0]!)).toBe("enqueued");
    });

    it.each(WHERE)("kills those given, from: %s", async (where) => {
      const rig = await Rig.open(create);
      const place = await putAll(rig, where, NAMES);
      const jobs = await byName(rig, place, NAMES.slice(0, 120));
      const moves = jobs.map((job) => ({ job, payload: job.payload }));

      expect(await rig.store.moveAll(place, moves, "dead")).toBe(120);

      expect(await rig.status(NAMES[0]!)).toBe("dead");
      expect(await rig.store.size({ set: "dead" })).toBe(where === "dead" ? 230 : 120);
    });

    it("does nothing with none", async () => {
      const rig = await Rig.open(create);

      expect(await rig.store.deleteAll(DEFAULT, [])).toBe(0);
      expect(await rig.store.moveAll({ set: "retry" }, [], "queue")).toBe(0);
    });

    it("moves each job once when two operators move all at the same time", async () => {
      const rig = await Rig.open(create);
      const other = await rig.connect();
      const place = await putAll(rig, "retry", NAMES);
      const moves = (await rig.stored(place)).map((job) => ({ job, payload: job.payload }));

      const moved = await Promise.all(
        [rig.adapter, other].map(({ store }) => store.moveAll(place, moves, "queue")),
      );

      expect(moved.reduce((sum, count) => sum + count)).toBe(230);
      expect(await rig.store.size(DEFAULT)).toBe(230);
    });

    it("frees what waited for those that were deleted", async () => {
      const rig = await Rig.open(create);
      const place = await putAll(rig, "scheduled", ["a", "b"]);
      await rig.enqueue("after", { prereqs: ["a", "b"] });

      await rig.store.deleteAll(place, await byName(rig, place, ["a", "b"]));
      await rig.releaseBlocked();

      expect(await rig.status("after")).toBe("enqueued");
    });

    it("reads on where it was while the jobs of the page before are deleted", async () => {
      const rig = await Rig.open(create);
      for (const where of WHERE) {
        const place = await putAll(
          rig,
          where,
          NAMES.map((name) => `${where}-${name}`),
        );
        const before = await rig.names(place);
        const seen: string[] = [];
        let cursor: string | undefined;
        let last: readonly StoredJob[] = [];
        do {
          const page = await rig.store.page(place, cursor, 20);
          await rig.store.deleteAll(place, last);
          seen.push(...namesOf(page.jobs));
          last = page.jobs.filter((_, index) => index % 2 === 0);
          cursor = page.cursor;
        } while (cursor !== undefined);

        expect(seen).toEqual(before);
        await rig.store.clear(place);
        await rig.store.clear({ queue: "other" });
      }
    });
  });

  describe("signals", () => {
    it.each(["TSTP", "TERM"] as const)("reach a worker by its identity: %s", async (name) => {
      const rig = await Rig.open(create);
      const heard: string[] = [];
      const other = await rig.connect();
      const lease = await rig.lease({ onSignal: (signal) => heard.push(signal) });
      await rig.lease({ onSignal: (signal) => heard.push(`another ${signal}`) });

      expect(await other.store.signal(lease.identity, name)).toBe(true);
      await rig.renewAll();

      expect(heard).toEqual([name]);
    });

    it("are for those alone that have a lease", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await rig.die(lease);

      expect(await rig.store.signal(lease.identity, "TERM")).toBe(false);
      expect(await rig.store.signal("nobody", "TERM")).toBe(false);
    });
  });
}

function without<Item>(items: readonly Item[], first: number, end: number): Item[] {
  return [...items.slice(0, first), ...items.slice(end)];
}

/** In the order of their names. */
async function byName(rig: Rig, place: Place, names: readonly string[]): Promise<StoredJob[]> {
  const stored = new Map((await rig.stored(place)).map((job) => [job.jid, job]));
  return names.map((name) => stored.get(jid(name))!);
}
