import { describe, expect, it } from "vitest";
import { AdapterError, LeaseLostError } from "../adapters/adapter-error.ts";
import { done, namesOf, release } from "./jobs.ts";
import { Rig, type CreateStore } from "./rig.ts";

const DEFAULT = { queue: "default" };

export function leaseContract(create: CreateStore): void {
  describe("a lease", () => {
    it("is alive as long as it is renewed", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease, job } = await rig.run("a");

      await rig.elapse(8);
      const recovered = await rig.adapter.recover();
      const { refused } = await lease.settle(done(job));

      expect(recovered).toEqual([]);
      expect(refused).toEqual([]);
      expect(await rig.status("a")).toBe("finished");
    });

    it("never runs out where its time to live is Infinity", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const lease = await rig.lease({ ttl: Infinity });
      const job = await lease.fetchOne();

      await rig.die(lease);

      expect(await rig.adapter.recover()).toEqual([]);
      expect((await lease.settle(done(job))).refused).toEqual([]);
      await lease.close();
    });

    it("has an identity that no other open lease has", async () => {
      const rig = await Rig.open(create);
      const { identity } = await rig.lease();

      await expect(rig.lease({ identity })).rejects.toThrow(AdapterError);
    });

    runsOut(create);
    closes(create);
    isSeen(create);
  });
}

function runsOut(create: CreateStore): void {
  describe("that ran out", () => {
    it("settles nothing and says so", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease, job } = await rig.run("a");

      await rig.die(lease);

      const lost = await lease.settle(done(job)).catch((error: unknown) => error);
      expect(lost).toBeInstanceOf(LeaseLostError);
      expect(lost).toMatchObject({ code: "MANDATE_LEASE_LOST", identity: lease.identity });
      expect(await rig.status("a")).toBe("running");
      expect(await rig.store.counters()).toEqual({ processed: 0, failed: 0 });
    });

    it("fetches nothing", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await rig.enqueue("a");

      await rig.die(lease);

      await expect(lease.fetch()).rejects.toThrow(LeaseLostError);
      expect(await rig.status("a")).toBe("enqueued");
    });

    it("cannot be renewed", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();

      await rig.die(lease);

      await expect(lease.renew()).rejects.toThrow(LeaseLostError);
      await expect(lease.fetch()).rejects.toThrow(LeaseLostError);
    });

    it("does not come back when its jobs were given to others", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease, job } = await rig.run("a");
      await rig.die(lease);
      await rig.adapter.recover();
      const heir = await rig.lease();
      await heir.fetchOne();

      await expect(lease.settle(done(job))).rejects.toThrow(LeaseLostError);
      await expect(lease.renew()).rejects.toThrow(LeaseLostError);

      expect(await rig.status("a")).toBe("running");
    });

    it("leaves receipts that no other lease takes", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease, job } = await rig.run("a");
      await rig.die(lease);
      await rig.adapter.recover();
      const heir = await rig.lease();
      await heir.fetchOne();

      const { refused } = await heir.settle(done(job));

      expect(refused[0]).toBe(job);
      expect(await rig.status("a")).toBe("running");
    });

    it("leaves its jobs to recovery when it is closed then", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease } = await rig.run("a");
      await rig.die(lease);

      await lease.close();
      const recovered = await rig.adapter.recover();

      expect(recovered).toEqual([{ identity: lease.identity, recovered: 1, buried: [] }]);
      expect(await rig.names(DEFAULT)).toEqual(["a"]);
    });
  });
}

function closes(create: CreateStore): void {
  describe("that is closed", () => {
    it("returns its jobs to the heads of their queues, in their old order", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await rig.enqueueAll(["a", "b", "c", "d"]);
      await rig.enqueueAll(["m", "n"], { queue: "mailers" });
      const [, b] = await lease.fetch(2);
      await lease.fetch(2, ["mailers", "default"]);
      await lease.fetch(1);
      await lease.settle(done(b!));

      await lease.close();

      expect(await rig.names(DEFAULT)).toEqual(["a", "c", "d"]);
      expect(await rig.names({ queue: "mailers" })).toEqual(["m", "n"]);
    });

    it("returns them byte for byte, and that is no recovery", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const before = await rig.stored(DEFAULT);
      const { lease } = await rig.run("a");

      await lease.close();

      expect(await rig.stored(DEFAULT)).toEqual(before);
      const heir = await rig.lease();
      expect(await heir.fetchOne()).toMatchObject({ recoveries: 0 });
    });

    it("is closed once", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["a", "b"]);
      const { lease } = await rig.run("a");

      await Promise.all([lease.close(), lease.close()]);
      await lease.close();

      expect(await rig.names(DEFAULT)).toEqual(["a", "b"]);
    });

    it("fetches, settles and renews no more", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease, job } = await rig.run("a");

      await lease.close();

      await expect(lease.settle(release(job))).rejects.toThrow(LeaseLostError);
      await expect(lease.fetch()).rejects.toThrow(LeaseLostError);
      await expect(lease.renew()).rejects.toThrow(LeaseLostError);
      expect(await rig.names(DEFAULT)).toEqual(["a"]);
    });

    it("leaves nothing to recover", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease } = await rig.run("a");
      await lease.close();

      await rig.die(lease);

      expect(await rig.adapter.recover()).toEqual([]);
      expect(await rig.names(DEFAULT)).toEqual(["a"]);
    });

    it("leaves the jobs of others alone", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["a", "b"]);
      const first = await rig.run("a");
      const second = await rig.run("b");

      await first.lease.close();

      expect(await rig.statuses("a", "b")).toEqual({ a: "enqueued", b: "running" });
      expect((await second.lease.settle(done(second.job))).refused).toEqual([]);
    });
  });
}

function isSeen(create: CreateStore): void {
  describe("is seen by operators", () => {
    it("with what its worker is and does", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease({
        info: {
          hostname: "web-1",
          pid: 4711,
          tag: "shop",
          startedAt: 1_700_000_000.25,
          concurrency: 7,
          queues: [
            ["critical", 6],
            ["default", 1],
          ],
        },
      });

      lease.state = { quiet: true, busy: 3, fetchedAhead: 2 };
      await lease.renew();

      expect(await rig.store.workers()).toEqual([
        {
          identity: lease.identity,
          library: "mandate",
          hostname: "web-1",
          pid: 4711,
          tag: "shop",
          startedAt: 1_700_000_000.25,
          concurrency: 7,
          queues: [
            ["critical", 6],
            ["default", 1],
          ],
          quiet: true,
          busy: 3,
          fetchedAhead: 2,
          rss: expect.any(Number) as number,
          seenAt: expect.closeTo(await rig.now(), 0) as number,
        },
      ]);
    });

    it("until it is closed or runs out", async () => {
      const rig = await Rig.open(create);
      const [closed, dying, living] = [await rig.lease(), await rig.lease(), await rig.lease()];

      await closed.close();
      await rig.die(dying);

      const workers = await rig.store.workers();
      expect(workers.map(({ identity }) => identity)).toEqual([living.identity]);
    });

    it("with the jobs it holds, in the order in which they were handed out", async () => {
      const rig = await Rig.open(create);
      const names = Array.from({ length: 30 }, (_, index) => `job${index}`);
      await rig.enqueueAll(names);
      const lease = await rig.lease();
      const [first] = await lease.fetch(12);
      await lease.exchange([done(first!)], { queues: ["default"], limit: 18 });

      expect(namesOf(await rig.store.running())).toEqual(names.slice(1));
    });

    it("with the jobs it holds, as they were handed out", async () => {
      const rig = await Rig.open(create);
      await rig.enqueueAll(["a", "b"]);
      const lease = await rig.lease();
      const before = await rig.now();
      const [a, b] = await lease.fetch();
      await lease.renew();
      await lease.settle(done(a!));
      await lease.renew();

      const running = await rig.store.running();

      expect(namesOf(running)).toEqual(["b"]);
      expect(running[0]).toMatchObject({
        identity: lease.identity,
        queue: "default",
        payload: b!.payload,
      });
      expect(running[0]!.startedAt).toBeGreaterThanOrEqual(Math.floor(before));
      expect(running[0]!.startedAt).toBeLessThanOrEqual((await rig.now()) + 0.001);
    });
  });
}
