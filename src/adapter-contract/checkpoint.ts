import { describe, expect, it } from "vitest";
import type { FetchedJob } from "../adapters/adapter.ts";
import { LeaseLostError } from "../adapters/adapter-error.ts";
import { done, fieldsOf, jid, release, retry } from "./jobs.ts";
import { Rig, type CreateStore } from "./rig.ts";

const DEFAULT = { queue: "default" };

export function checkpointContract(create: CreateStore): void {
  describe("a checkpoint", () => {
    it("is what comes back of a job whose worker dies", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease, job } = await rig.run("a");

      expect(await lease.checkpoint(job, at(job, 7))).toBe(true);
      await rig.die(lease);
      await rig.adapter.recover();

      expect((await rig.find(DEFAULT, "a")).payload).toBe(at(job, 7));
    });

    it("is what a release and the end of a lease give back", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["a", "b"]);
      const lease = await rig.lease();
      const [a, b] = (await lease.fetch(2)) as [FetchedJob, FetchedJob];
      await lease.checkpoint(a, at(a, 1));
      await lease.checkpoint(b, at(b, 2));

      await lease.settle(release(a));
      await lease.close();

      expect((await rig.find(DEFAULT, "a")).payload).toBe(at(a, 1));
      expect((await rig.find(DEFAULT, "b")).payload).toBe(at(b, 2));
    });

    it("is what operators see of a job that runs", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease, job } = await rig.run("a");

      await lease.checkpoint(job, at(job, 7));

      expect(await rig.store.running()).toMatchObject([{ payload: at(job, 7) }]);
    });

    it("is replaced by the next, and by what the run settles with", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["a", "b"]);
      const lease = await rig.lease();
      const [a, b] = (await lease.fetch(2)) as [FetchedJob, FetchedJob];
      await lease.checkpoint(a, at(a, 1));
      await lease.checkpoint(a, at(a, 2));
      await lease.checkpoint(b, at(b, 1));

      const outcome = { ...retry(b, (await rig.now()) + 100), payload: at(b, 9) };
      await lease.settle(outcome);
      await lease.close();

      expect(fieldsOf((await rig.find(DEFAULT, "a")).payload)["at"]).toBe(2);
      expect(fieldsOf((await rig.find({ set: "retry" }, "b")).payload)["at"]).toBe(9);
    });

    it("leaves nothing of a job that is done", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease, job } = await rig.run("a");
      await lease.checkpoint(job, at(job, 7));

      await lease.settle(done(job));
      const late = await lease.checkpoint(job, at(job, 8));
      await lease.close();

      expect(late).toBe(false);
      expect(await rig.status("a")).toBe("finished");
      expect(await rig.store.size(DEFAULT)).toBe(0);
    });

    it("is refused by a lease that does not hold the job", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease, job } = await rig.run("a");
      const other = await rig.lease();

      expect(await other.checkpoint(job, at(job, 7))).toBe(false);
      await lease.close();
      expect((await rig.find(DEFAULT, "a")).payload).toBe(job.payload);
    });

    it("is refused once the lease ran out", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease, job } = await rig.run("a");
      await rig.die(lease);

      await expect(lease.checkpoint(job, at(job, 7))).rejects.toThrow(LeaseLostError);
      await rig.adapter.recover();
      expect((await rig.find(DEFAULT, "a")).payload).toBe(job.payload);
    });

    it("has the deaths of earlier workers forgotten: the job goes on", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const recoveries: number[] = [];
      for (let round = 0; round < 4; round += 1) {
        const { lease, job } = await rig.run("a");
        recoveries.push(job.recoveries);
        await lease.checkpoint(job, at(job, round));
        await rig.die(lease);
        await rig.adapter.recover();
      }

      expect(recoveries).toEqual([0, 1, 1, 1]);
      expect(await rig.status("a")).toBe("enqueued");
    });

    it("may come with the release of a run that was interrupted", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const first = await rig.run("a");
      await rig.die(first.lease);
      await rig.adapter.recover();
      const { lease, job } = await rig.run("a");
      await rig.enqueue("b");

      await lease.settle({ kind: "release", job, jid: jid("a"), payload: at(job, 7) });
      const again = await lease.fetchOne();

      expect(again).toMatchObject({ payload: at(job, 7), recoveries: 0 });
      await lease.close();
    });
  });
}

/** The payload of a run that has come so far. */
function at({ payload }: FetchedJob, cursor: number): string {
  return `${payload.slice(0, -1)},"at":${cursor}}`;
}
