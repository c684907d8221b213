import { describe, expect, it } from "vitest";
import type { Entry, FetchedJob, Outcome } from "../adapters/adapter.ts";
import { block, dead, done, failed, jid, payloadOf, retry } from "./jobs.ts";
import { Rig, type CreateStore } from "./rig.ts";

const LEFT = { text: "[1]", seconds: 60 };
const KEPT = { payload: "{}", group: "Job", count: 1, seconds: 60 };

export function statusContract(create: CreateStore): void {
  describe("a job's status", () => {
    it("is each of the states it goes through", async () => {
      const rig = await Rig.open(create);
      const seen: string[] = [];
      const see = async (): Promise<number> => seen.push(await rig.status("a"));
      await rig.enqueue("first");
      const first = await rig.run("first");

      await rig.enqueue("a", { prereqs: ["first"], inTicks: 4 });
      await see();
      await first.lease.settle(done(first.job));
      await rig.releaseBlocked();
      await see();
      await rig.elapse(5);
      await rig.adapter.promoteDue();
      await see();
      const { lease, job } = await rig.run("a");
      await see();
      await lease.settle(retry(job, await rig.now()));
      await see();
      await rig.adapter.promoteDue();
      await see();
      await lease.settle(dead(await lease.fetchOne()));
      await see();
      const stored = await rig.find({ set: "dead" }, "a");
      await rig.store.move({ set: "dead" }, stored, "queue", stored.payload);
      await see();
      await lease.settle(done(await lease.fetchOne()));
      await see();

      expect(seen).toEqual([
        "blocked",
        "scheduled",
        "enqueued",
        "running",
        "retrying",
        "enqueued",
        "dead",
        "enqueued",
        "finished",
      ]);
    });

    it("is running until a dead worker's jobs are recovered", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease } = await rig.run("a");

      await rig.die(lease);

      expect(await rig.status("a")).toBe("running");
    });

    it("is finished for a job that the store never knew", async () => {
      const rig = await Rig.open(create);

      expect(await rig.adapter.status("0123456789abcdef01234567")).toBe("finished");
    });
  });

  describe("the status of a jid that nobody makes", () => {
    it("is unknown", async () => {
      const rig = await Rig.open(create);

      const jids = ["nonsense", "0123456789ABCDEF01234567", "0123456789abcdef0123456"];
      const statuses = await Promise.all(jids.map((each) => rig.adapter.status(each)));

      expect(statuses).toEqual(["unknown", "unknown", "unknown"]);
    });

    it.each<[string, Partial<Entry>, (job: FetchedJob) => Outcome]>([
      ["is remembered", { remembered: true }, done],
      ["was discarded", {}, failed],
      ["left a result", {}, (job) => ({ ...done(job), kind: "done", result: LEFT })],
      ["is kept", {}, (job) => ({ ...done(job), kind: "done", finished: KEPT })],
    ])("is finished as long as its job %s", async (_how, options, outcome) => {
      const rig = await Rig.open(create);
      const payload = payloadOf("a").replace(jid("a"), "order-5");
      await rig.adapter.enqueue([{ jid: "order-5", queue: "default", payload, ...options }]);
      expect(await rig.adapter.status("order-5")).toBe("enqueued");
      const lease = await rig.lease();
      const job = await lease.fetchOne();

      await lease.settle({ ...outcome(job), jid: "order-5" });

      expect(await rig.adapter.status("order-5")).toBe("finished");
    });

    it("is unknown where nothing is remembered", async () => {
      const rig = await Rig.open(create);
      const payload = payloadOf("a").replace(jid("a"), "order-5");
      await rig.adapter.enqueue([{ jid: "order-5", queue: "default", payload }]);
      const lease = await rig.lease();
      await lease.settle({ ...done(await lease.fetchOne()), jid: "order-5" });

      expect(await rig.adapter.status("order-5")).toBe("unknown");
    });
  });

  describe("what is unfinished", () => {
    it("is all that waits or runs, in the order of the question", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["done", "dead", "retrying", "blocked", "running", "enqueued"]);
      await rig.enqueue("scheduled", { inTicks: 20 });
      const lease = await rig.lease();
      const jobs = await lease.fetch(5);
      await lease.settle(
        done(jobs[0]!),
        dead(jobs[1]!),
        retry(jobs[2]!, (await rig.now()) + rig.ttl),
        block(jobs[3]!, ["enqueued"]),
      );

      const asked = ["scheduled", "dead", "blocked", "unknown", "retrying", "done", "enqueued"];
      const unfinished = await rig.adapter.unfinished([...asked, "running"].map(jid));

      expect(unfinished).toEqual(
        ["scheduled", "blocked", "retrying", "enqueued", "running"].map(jid),
      );
    });

    it("is nothing of nothing", async () => {
      const rig = await Rig.open(create);

      expect(await rig.adapter.unfinished([])).toEqual([]);
    });
  });
}
