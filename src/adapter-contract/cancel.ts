import { describe, expect, it } from "vitest";
import type { FetchedJob, Outcome } from "../adapters/adapter.ts";
import { block, dead, done, failed, jid, namesOf, release, requeue, retry } from "./jobs.ts";
import { putAll, WHERE } from "./places.ts";
import { Rig, type CreateStore } from "./rig.ts";

const DEFAULT = { queue: "default" };
const BLOCKED = { set: "blocked" } as const;

const ENDS: readonly (readonly [string, (job: FetchedJob) => Outcome])[] = [
  ["done", done],
  ["done, as a failure", failed],
  ["retry", (job) => retry(job, 4_000_000_000)],
  ["requeue", (job) => requeue(job)],
  ["requeue for later", (job) => requeue(job, 4_000_000_000)],
  ["block", (job) => block(job, ["other"])],
  ["dead", dead],
  ["release", release],
];

export function cancelContract(create: CreateStore): void {
  describe("cancelling", () => {
    it.each(WHERE.filter((where) => where !== "dead"))(
      "deletes a job that waits in: %s",
      async (where) => {
        const rig = await Rig.open(create);
        const place = await putAll(rig, where, ["a", "b"]);
        await rig.enqueue("then", { prereqs: ["a"] });

        expect(await rig.store.cancel(jid("a"))).toBe(true);
        expect(await rig.store.cancel(jid("a"))).toBe(false);

        expect(await rig.status("a")).toBe("cancelled");
        expect(await rig.names(place)).not.toContain("a");
        expect(["finished", "cancelled"]).not.toContain(await rig.status("b"));
        await rig.releaseBlocked();
        expect(await rig.status("then")).toBe("enqueued");
      },
    );

    it("looks into the queue that it is told of, and into all others", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a", { queue: "low" });
      await rig.enqueue("b", { queue: "low" });

      expect(await rig.store.cancel(jid("a"), "low")).toBe(true);
      expect(await rig.store.cancel(jid("b"), "high")).toBe(true);

      expect(await rig.names({ queue: "low" })).toEqual([]);
    });

    it("does nothing to a job that is dead, finished or unknown", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("finished");
      await rig.finish("finished");
      await putAll(rig, "dead", ["dead"]);

      const cancelled = [
        await rig.store.cancel(jid("dead")),
        await rig.store.cancel(jid("finished")),
        await rig.store.cancel("0123456789abcdef01234567"),
      ];

      expect(cancelled).toEqual([false, false, false]);
      expect(await rig.status("dead")).toBe("dead");
    });

    it("tells the worker that runs the job, whoever cancels, and as often as that is", async () => {
      const rig = await Rig.open(create);
      const other = await rig.connect();
      await rig.enqueueAll(["a", "b"]);
      const lease = await rig.lease();
      const jobs = await lease.fetch();

      await lease.hearsOfCancel(jid("a"), () => other.store.cancel(jid("a")));
      await lease.hearsOfCancel(jid("b"), () => rig.store.cancel(jid("b")));

      expect(await rig.store.cancel(jid("a"))).toBe(true);
      expect(await rig.statuses("a", "b")).toEqual({ a: "running", b: "running" });
      await lease.settle(...jobs.map(done));
      expect(await rig.store.cancel(jid("a"))).toBe(false);
    });

    it.each(ENDS)("ends a job whose run ends with: %s", async (how, end) => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["a", "other"]);
      await rig.enqueue("then", { prereqs: ["a"], prereqFailure: "cancel" });
      const lease = await rig.lease();
      const job = await lease.fetchOne();
      await rig.store.cancel(jid("a"));

      const { refused } = await lease.settle(end(job));

      expect(refused).toEqual([]);
      const status = how.startsWith("done") ? "finished" : "cancelled";
      expect(await rig.statuses("a", "other")).toEqual({ a: status, other: "enqueued" });
      expect(await rig.names(DEFAULT)).toEqual(["other"]);
      expect(await sizes(rig)).toEqual([0, 0, 0, 1]);
      await rig.releaseBlocked();
      expect(await rig.names(DEFAULT)).toEqual(how === "done" ? ["other", "then"] : ["other"]);
    });

    it("keeps what a job leaves that ended well all the same", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const lease = await rig.lease();
      const job = await lease.fetchOne();
      await rig.store.cancel(jid("a"));

      await lease.settle({ ...done(job), kind: "done", result: { text: "[7]", seconds: 60 } });

      const [end] = await rig.adapter.notes.readEnds([jid("a")]);
      expect(end).toEqual({ state: "over", left: "[7]" });
    });

    it("ends one job, and leaves those that were fetched with it alone", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["a", "b", "c", "d"]);
      const lease = await rig.lease();
      const [a, b, c, d] = await lease.fetch();
      await rig.store.cancel(jid("b"));

      await lease.settle(retry(a!, 4_000_000_000), retry(b!, 4_000_000_000), release(c!), done(d!));

      expect(await rig.statuses("a", "b", "c", "d")).toEqual({
        a: "retrying",
        b: "cancelled",
        c: "enqueued",
        d: "finished",
      });
    });

    it("holds for one run: what comes again under that jid is another job", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const lease = await rig.lease();
      const job = await lease.fetchOne();
      await rig.store.cancel(jid("a"));
      await lease.settle(done(job));

      await rig.enqueue("a");
      await lease.settle(requeue(await lease.fetchOne()));

      expect(await rig.status("a")).toBe("enqueued");
    });

    it("is not undone by the death of the worker", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["a", "b"]);
      await rig.enqueue("then", { prereqs: ["a"] });
      const lease = await rig.lease();
      await lease.fetch();
      await rig.store.cancel(jid("a"));

      await rig.die(lease);
      const recoveries = await rig.adapter.recover();

      expect(recoveries).toMatchObject([{ recovered: 1, buried: [] }]);
      expect(await rig.status("a")).toBe("cancelled");
      await rig.releaseBlocked();
      expect(await rig.names(DEFAULT)).toEqual(["b", "then"]);
    });

    it("is not undone by the end of the worker", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["a", "b"]);
      const lease = await rig.lease();
      await lease.fetch();
      await rig.store.cancel(jid("a"));

      await lease.close();

      expect(await rig.status("a")).toBe("cancelled");
      expect(await rig.names(DEFAULT)).toEqual(["b"]);
    });

    it("loses no other job, and misses none, however many are at it", async () => {
      const rig = await Rig.open(create);
      const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
      const adapters = [rig.adapter, await rig.connect(), await rig.connect()];
      await rig.enqueueAll(names);
      const lease = await rig.lease();
      const cancelled = names.filter((_, index) => index % 2 === 0);
      const run: string[] = [];

      const cancelling = cancelled.map((name, index) =>
        adapters[index % adapters.length]!.store.cancel(jid(name)),
      );
      for (let round = 0; round < 8; round += 1) {
        const jobs = await lease.fetch(5);
        run.push(...namesOf(jobs));
        await lease.settle(...jobs.map((job) => retry(job, 4_000_000_000)));
      }

      const answers = await Promise.all(cancelling);
      const left = await rig.names({ set: "retry" });
      const stillThere = [...left, ...(await rig.names(DEFAULT))].sort();
      expect(stillThere).toEqual(names.filter((name) => !cancelled.includes(name)).sort());
      expect(answers).toEqual(cancelled.map(() => true));
      expect(new Set(run).size).toBe(run.length);
    });
  });
}

/** Of the schedule, the retries, the dead and the blocked. */
async function sizes(rig: Rig): Promise<number[]> {
  const sets = ["scheduled", "retry", "dead"] as const;
  const found = await Promise.all(sets.map((set) => rig.store.size({ set })));
  return [...found, await rig.store.size(BLOCKED)];
}
