import { describe, expect, it, onTestFinished } from "vitest";
import type { Outcome } from "../adapters/adapter.ts";
import { LeaseLostError } from "../adapters/adapter-error.ts";
import type { LeftResult } from "../adapters/job-notes.ts";
import { block, dead, done, failed, jid, release, requeue, retry } from "./jobs.ts";
import { Rig, type CreateStore } from "./rig.ts";

export function resultsContract(create: CreateStore): void {
  describe("results", () => {
    it("are there once their job is done, and not before", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const other = await rig.connect();
      const { lease, job } = await rig.run("a");
      expect(await other.notes.readEnds([jid("a")])).toEqual([UNFINISHED]);

      await lease.settle(leaving(done(job), "äöü\n\0"));

      expect(await other.notes.readEnds([jid("a")])).toEqual([{ state: "over", left: "äöü\n\0" }]);
      expect(await rig.status("a")).toBe("finished");
    });

    it("are told of to whoever listens, on every adapter, and only to them", async () => {
      const rig = await Rig.open(create);
      const other = await rig.connect();
      await rig.enqueueAll(["a", "b"]);
      const heard: string[] = [];
      const hearing = new Promise<void>((resolve) => {
        listenTo(other.notes.listen(jid("a"), resolve));
      });
      await listenTo(other.notes.listen(jid("b"), () => heard.push("b"))).ready;

      const { lease, job } = await rig.run("a");
      await lease.settle(leaving(done(job), "1"));

      await hearing;
      expect(heard).toEqual([]);
    });

    it("are told of to each of several, but not to those who ceased to listen", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const heard: string[] = [];
      const { notes } = rig.adapter;
      const ceased = notes.listen(jid("a"), () => heard.push("ceased"));
      const first = notes.listen(jid("a"), () => heard.push("first"));
      const last = new Promise<void>((resolve) => {
        listenTo(notes.listen(jid("a"), resolve));
      });
      await Promise.all([ceased.ready, listenTo(first).ready]);
      ceased.stop();

      const { lease, job } = await rig.run("a");
      await lease.settle(leaving(done(job), "1"));

      await last;
      expect(heard).toEqual(["first"]);
    });

    it("are left by discarded and dead jobs, too", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["a", "b"]);
      const lease = await rig.lease();
      const [a, b] = await lease.fetch();

      await lease.settle(leaving(failed(a!), "no"), leaving(dead(b!), "never"));

      expect(await rig.adapter.notes.readEnds([jid("b"), jid("a")])).toEqual([
        { state: "dead", left: "never" },
        { state: "over", left: "no" },
      ]);
      expect(await rig.status("b")).toBe("dead");
    });

    it("are not expected of jobs that are not over, nor of those that left none", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["then", "retry", "requeue", "release", "block", "done"]);
      const lease = await rig.lease();
      const [, again, requeued, released, blocked, over] = await lease.fetch();
      await lease.settle(
        retry(again!, (await rig.now()) + rig.ttl),
        requeue(requeued!),
        release(released!),
        block(blocked!, ["then"]),
        done(over!),
      );

      const names = ["then", "retry", "requeue", "release", "block", "done", "unknown"];
      expect(await rig.adapter.notes.readEnds(names.map(jid))).toEqual([
        ...Array.from({ length: 5 }, () => UNFINISHED),
        { state: "over", left: undefined },
        { state: "over", left: undefined },
      ]);
    });

    it("are gone when their time is over", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["short", "long"]);
      const lease = await rig.lease();
      const [short, long] = await lease.fetch();
      await lease.settle(
        leaving(done(short!), "a", 2 * rig.tick),
        leaving(done(long!), "b", 60 * rig.tick),
      );

      await rig.elapse(3);

      expect(await rig.adapter.notes.readEnds([jid("short"), jid("long")])).toEqual([
        { state: "over", left: undefined },
        { state: "over", left: "b" },
      ]);
    });

    it("are not left by who lost the job", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease, job } = await rig.run("a");
      await rig.die(lease);
      await rig.adapter.recover();

      await expect(lease.settle(leaving(done(job), "too late"))).rejects.toThrow(LeaseLostError);

      expect(await rig.adapter.notes.readEnds([jid("a")])).toEqual([UNFINISHED]);
    });

    it("take the place of what an earlier job of the same jid left", async () => {
      const rig = await Rig.open(create);
      for (const text of ["first", "second"]) {
        await rig.enqueue("a");
        const { lease, job } = await rig.run("a");
        await lease.settle(leaving(done(job), text));
      }

      expect(await rig.adapter.notes.readEnds([jid("a")])).toEqual([
        { state: "over", left: "second" },
      ]);
    });

    it("free what waits for their job as well", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      await rig.enqueue("behind", { prereqs: ["a"] });
      const { lease, job } = await rig.run("a");

      await lease.settle(leaving(done(job), "1"));
      await rig.releaseBlocked();

      expect(await rig.status("behind")).toBe("enqueued");
    });
  });
}

const UNFINISHED = { state: "unfinished", left: undefined };

function leaving(outcome: Outcome, text: string, seconds = 60): Outcome {
  const result: LeftResult = { text, seconds };
  return { ...outcome, result } as Outcome;
}

function listenTo<Listening extends { stop(): void }>(listening: Listening): Listening {
  onTestFinished(() => listening.stop());
  return listening;
}
