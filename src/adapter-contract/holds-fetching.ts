import { describe, expect, it } from "vitest";
import { offer, openHolds, runAll, turn } from "./hold-rig.ts";
import { done, jid, namesOf } from "./jobs.ts";
import type { CreateStore } from "./rig.ts";

const QUEUE = { queue: "default" };

export function fetchingTurnsContract(create: CreateStore): void {
  describe("a fetch, for turns", () => {
    it("hands out no more than will run at once, and says that there are more", async ({
      skip,
    }) => {
      const { rig } = await openHolds(create, skip);
      await rig.enqueueAll(["a", "b"]);
      await offer(rig, ["c", "d"], { holds: [turn({ to: 5 })] });
      await rig.enqueue("e");
      const lease = await rig.lease();

      const first = await lease.exchange([], { queues: ["default"], limit: 10, turns: 1 });
      const second = await lease.exchange([], { queues: ["default"], limit: 10, turns: 0 });
      const third = await lease.exchange([], { queues: ["default"], limit: 10, turns: 1 });

      expect(namesOf(first.jobs)).toEqual(["a", "b", "c"]);
      expect(first.wantsTurn).toBe(true);
      expect([second.jobs, second.wantsTurn]).toEqual([[], true]);
      expect(namesOf(third.jobs)).toEqual(["d", "e"]);
      expect(third.wantsTurn ?? false).toBe(false);
    });

    it("tells which jobs are parked, and which came that had been", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      await offer(rig, ["a", "b", "c"], { holds: [turn()] });
      const lease = await rig.lease();
      const request = { queues: ["default"], limit: 10 };
      const parked = (...names: string[]) =>
        names.map((name) => ({ jid: jid(name), queue: "default", key: "k" }));

      const first = await lease.exchange([], request);
      const second = await lease.exchange(first.jobs.map(done), request);
      const third = await lease.exchange(second.jobs.map(done));

      expect([first.parked, first.unparked ?? []]).toEqual([parked("b", "c"), []]);
      expect([second.parked ?? [], second.unparked]).toEqual([[], parked("b")]);
      expect([third.parked ?? [], third.unparked ?? []]).toEqual([[], []]);
    });

    it("looks at a hundred or so in one step that have to wait, and says that there are more", async ({
      skip,
    }) => {
      const { rig } = await openHolds(create, skip);
      const names = Array.from({ length: 250 }, (_, index) => `job ${index}`);
      await offer(rig, names, { holds: [turn()] });
      await rig.enqueue("last");
      const lease = await rig.lease();
      const request = { queues: ["default"], limit: 10 };

      const found: string[] = [];
      for (let left = 10, isMore = true; left > 0 && isMore; left -= 1) {
        const exchange = await lease.exchange([], request);
        found.push(...namesOf(exchange.jobs));
        isMore = exchange.isMore ?? false;
      }

      expect(found).toEqual(["job 0", "last"]);
      expect(await rig.store.size(QUEUE)).toBe(249);
    });

    it("serves lines from the queues that are asked for, and from no paused one", async ({
      skip,
    }) => {
      const { rig } = await openHolds(create, skip);
      await offer(rig, ["a", "b"], { holds: [turn()], queue: "red" });
      await offer(rig, ["c"], { holds: [turn()], queue: "blue" });
      const lease = await rig.lease();
      const job = await lease.fetchOne("red");
      expect(await lease.fetchAny()).toEqual([]);
      await rig.store.pause("red");

      await lease.settle(done(job));

      expect(await lease.fetchNames(10, ["red"])).toEqual([]);
      expect(await lease.fetchNames(10, ["red", "blue"])).toEqual(["c"]);
      await rig.store.resume("red");
      expect(await rig.names({ queue: "red" })).toEqual(["b"]);
    });

    it("is by priority, and then by age, within a line", async ({ skip }) => {
      const { rig } = await openHolds(create, skip);
      skip(!rig.adapter.capabilities.priorities, "has no priorities");
      await offer(rig, ["a", "b"], { holds: [turn()] });
      const lease = await rig.lease();
      const [job] = await lease.fetch();
      await offer(rig, ["urgent"], { holds: [turn()], priority: -1 });
      expect(await lease.fetch()).toEqual([]);

      await lease.settle(...(job === undefined ? [] : [done(job)]));

      expect(await runAll(rig)).toEqual(["urgent", "b"]);
    });
  });
}
