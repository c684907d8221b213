import { describe, expect, it } from "vitest";
import { done, namesOf, release } from "./jobs.ts";
import { Rig, type CreateStore } from "./rig.ts";

export function fetchContract(create: CreateStore): void {
  describe("fetching", () => {
    it("hands out the oldest first", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await rig.enqueueAll(["a", "b"]);
      await rig.enqueue("c");

      expect(await lease.fetchNames()).toEqual(["a", "b", "c"]);
    });

    it("hands out no more than was asked for", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await rig.enqueueAll(["a", "b", "c"]);

      expect(await lease.fetchNames(2)).toEqual(["a", "b"]);
      expect(await lease.fetchNames(2)).toEqual(["c"]);
      expect(await lease.fetchNames(2)).toEqual([]);
    });

    it("says which queue a job came from, and that it was never lost", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await rig.enqueue("m", { queue: "mailers" });

      const job = await lease.fetchOne("mailers");

      expect(job).toMatchObject({ queue: "mailers", recoveries: 0 });
    });

    it.each([0, -1, NaN])("refuses to hand out %d jobs", async (limit) => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await rig.enqueue("a");

      await expect(lease.fetch(limit)).rejects.toThrow(RangeError);

      expect(await rig.status("a")).toBe("enqueued");
    });

    it("gives each job to one worker only", async () => {
      const rig = await Rig.open(create);
      const leases = [
        await rig.lease(),
        await rig.lease(),
        await rig.lease({}, await rig.connect()),
      ];
      const names = Array.from({ length: 300 }, (_, index) => `job${index}`);
      await rig.enqueueAll(names);

      const rounds = Array.from({ length: 12 }, () => leases.map((lease) => lease.fetchNames(10)));
      const fetched = (await Promise.all(rounds.flat())).flat();

      expect(fetched.toSorted()).toEqual(names.toSorted());
    });

    it("leaves a job at no moment between its queue and its worker", async () => {
      const rig = await Rig.open(create);
      const [lease, observer] = [await rig.lease(), await rig.connect()];
      await rig.enqueue("a");
      const { jid } = await rig.entry("a");

      const [, ...seen] = await Promise.all([
        lease.fetch(),
        ...Array.from({ length: 20 }, () => observer.status(jid)),
      ]);

      expect(seen.filter((status) => status !== "enqueued" && status !== "running")).toEqual([]);
      expect(await rig.status("a")).toBe("running");
    });

    queueOrder(create);
    pausing(create);
    priorities(create);
  });
}

function queueOrder(create: CreateStore): void {
  describe("from several queues", () => {
    it("takes the next queue only when the one before is empty", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await rig.enqueueAll(["l1", "l2"], { queue: "low" });
      await rig.enqueueAll(["c1", "c2", "c3"], { queue: "critical" });

      expect(await lease.fetchNames(2, ["critical", "low"])).toEqual(["c1", "c2"]);
      expect(await lease.fetchNames(2, ["critical", "low"])).toEqual(["c3", "l1"]);
      expect(await lease.fetchNames(2, ["critical", "low"])).toEqual(["l2"]);
    });

    it("takes the order anew with each request", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await rig.enqueueAll(["x1", "x2"], { queue: "x" });
      await rig.enqueueAll(["y1", "y2"], { queue: "y" });

      expect(await lease.fetchNames(1, ["x", "y"])).toEqual(["x1"]);
      expect(await lease.fetchNames(3, ["y", "x"])).toEqual(["y1", "y2", "x2"]);
    });

    it("takes nothing from queues that were not named", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await rig.enqueue("a", { queue: "other" });

      expect(await lease.fetchNames(10, ["default", "never-seen"])).toEqual([]);
      expect(await lease.fetchNames(10, [])).toEqual([]);
    });

    it("hands out a job once when its queue is named twice", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await rig.enqueueAll(["a", "b"]);

      expect(await lease.fetchNames(10, ["default", "default"])).toEqual(["a", "b"]);
    });

    it("takes from every queue there is when none is named", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await rig.enqueueAll(["a1", "a2"], { queue: "a" });
      await rig.enqueue("b1", { queue: "b" });
      await rig.enqueue("c1", { queue: "c" });

      const names = namesOf(await lease.fetchAny());

      expect(names.toSorted()).toEqual(["a1", "a2", "b1", "c1"]);
      expect(names.indexOf("a1")).toBeLessThan(names.indexOf("a2"));
    });

    it("takes a name with a star at its end for all queues that begin so", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await rig.enqueue("b1", { queue: "beta" });
      await rig.enqueue("b2", { queue: "beta_two" });
      await rig.enqueue("b3", { queue: "bet" });
      await rig.enqueue("a", { queue: "alpha" });

      expect((await lease.fetchNames(10, ["beta*"])).toSorted()).toEqual(["b1", "b2"]);
      await rig.enqueue("b4", { queue: "beta_that_is_new" });
      expect(await lease.fetchNames(10, ["gamma*", "beta*"])).toEqual(["b4"]);
      expect((await lease.fetchNames(10, ["*"])).toSorted()).toEqual(["a", "b3"]);
    });

    it.each([
      [["critical", "*"], ["critical"], ["beta_1", "beta_2", "default"]],
      [["*", "default"], ["beta_1", "beta_2", "critical"], ["default"]],
      [
        ["*", "beta*"],
        ["critical", "default"],
        ["beta_1", "beta_2"],
      ],
      [["beta*", "beta_2", "*"], ["beta_1"], ["beta_2"], ["critical", "default"]],
      [
        ["be*", "*", "beta*"],
        ["critical", "default"],
        ["beta_1", "beta_2"],
      ],
      [["de*", "cri*"], ["default"], ["critical"]],
    ])("takes a queue where %j names it best", async (listed, ...groups) => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      for (const queue of ["beta_1", "default", "beta_2", "critical"]) {
        await rig.enqueue(queue, { queue });
      }

      const fetched = await lease.fetchNames(10, listed);

      // The order of those of one entry is random.
      const found = groups.map((group) => fetched.splice(0, group.length).toSorted());
      expect(found).toEqual(groups);
      expect(fetched).toEqual([]);
    });

    it("gives each queue of a star its turn to be first", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await rig.enqueue("a", { queue: "a" });
      await rig.enqueue("b", { queue: "b" });

      const first = new Set<string>();
      for (let turn = 0; turn < 64; turn += 1) {
        const [job] = await lease.fetch(1, ["other", "*"]);
        first.add(job!.queue);
        await lease.settle(release(job!));
      }

      expect([...first].toSorted()).toEqual(["a", "b"]);
    });

    it("passes over paused queues of a star", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await rig.enqueue("a", { queue: "a" });
      await rig.enqueue("b", { queue: "b" });
      await rig.store.pause("a");

      expect(await lease.fetchNames(10, ["*", "c"])).toEqual(["b"]);
    });

    it("gives each queue its turn to be first when none is named", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await rig.enqueue("a", { queue: "a" });
      await rig.enqueue("b", { queue: "b" });

      const first = new Set<string>();
      for (let turn = 0; turn < 64; turn += 1) {
        const [job] = await lease.fetchAny(1);
        first.add(job!.queue);
        await lease.settle(release(job!));
      }

      expect([...first].toSorted()).toEqual(["a", "b"]);
    });
  });
}

function pausing(create: CreateStore): void {
  describe("from a paused queue", () => {
    it("hands out nothing, whether it is named or not", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await rig.enqueueAll(["a", "b"]);
      await rig.enqueue("o", { queue: "other" });

      await rig.store.pause("default");

      expect(await lease.fetchNames(10, ["default", "other"])).toEqual(["o"]);
      expect(await lease.fetchAny()).toEqual([]);
    });

    it("goes on where it stopped once it is resumed", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await rig.enqueueAll(["a", "b"]);
      await rig.store.pause("default");
      await rig.enqueue("c");

      await rig.store.resume("default");

      expect(await lease.fetchNames()).toEqual(["a", "b", "c"]);
    });

    it("lets what runs end, and takes new jobs", async () => {
      const rig = await Rig.open(create);
      await rig.enqueue("a");
      const { lease, job } = await rig.run("a");
      await rig.store.pause("default");

      const { refused } = await lease.settle(done(job));
      await rig.enqueue("b");

      expect(refused).toEqual([]);
      expect(await rig.statuses("a", "b")).toEqual({ a: "finished", b: "enqueued" });
    });
  });
}

function priorities(create: CreateStore): void {
  describe("by priority", () => {
    it("goes by it within a queue if it can, the smaller first, else by age", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await rig.enqueue("plain1");
      await rig.enqueue("bulk", { priority: 10 });
      await rig.enqueue("urgent1", { priority: -5 });
      await rig.enqueue("plain2", { priority: 0 });
      await rig.enqueue("urgent2", { priority: -5 });

      const expected = rig.adapter.capabilities.priorities
        ? ["urgent1", "urgent2", "plain1", "plain2", "bulk"]
        : ["plain1", "bulk", "urgent1", "plain2", "urgent2"];

      expect(await rig.names({ queue: "default" })).toEqual(expected);
      expect(await lease.fetchNames()).toEqual(expected);
    });

    it("goes by the order of queues first", async () => {
      const rig = await Rig.open(create);
      const lease = await rig.lease();
      await rig.enqueue("urgent", { queue: "low", priority: -5 });
      await rig.enqueue("plain", { queue: "high" });

      expect(await lease.fetchNames(2, ["high", "low"])).toEqual(["plain", "urgent"]);
    });
  });
}
