import { Command, jobsPage, queue, type JobsPage } from "mandate";
import { expect, it, onTestFinished } from "vitest";
import { TestLease } from "../../../src/adapter-contract/test-lease.ts";
import { onEachStore } from "../on-each-store.ts";

class Ship extends Command.initializeWith((order: number) => ({ order })) {
  call(): void {}
}

function ordersIn({ jobs }: JobsPage): unknown[] {
  return jobs.map(({ entry }) => entry.arguments[0]);
}

onEachStore("jobsPage", (store) => {
  it("turns over queue after queue, then the next place", async () => {
    await Ship.set({ queue: "a" }).defer(1);
    await Ship.set({ queue: "b" }).defer(2);
    await Ship.set({ queue: "b" }).defer(3);
    await Ship.defer(4, { wait: "1 hour" });

    const first = await jobsPage({}, { limit: 2 });
    const second = await jobsPage({}, { limit: 2, cursor: first.cursor });

    expect(ordersIn(first)).toEqual([1, 2]);
    expect(ordersIn(second)).toEqual([3, 4]);
    expect(second.jobs.map(({ place }) => place)).toEqual(["queue", "scheduled"]);
  });

  it("ends where enough was looked at, and goes on there", async () => {
    for (let order = 0; order < 6; order += 1) await Ship.defer(order);

    const first = await jobsPage({ argument: "5" }, { lookAt: 3 });
    const second = await jobsPage({ argument: "5" }, { lookAt: 3, cursor: first.cursor });

    expect([ordersIn(first), first.seen]).toEqual([[], 3]);
    expect(ordersIn(second)).toEqual([5]);
  });

  it("goes on behind a queue that is gone meanwhile", async () => {
    await Ship.set({ queue: "a" }).defer(1);
    await Ship.set({ queue: "a" }).defer(2);
    await Ship.set({ queue: "b" }).defer(3);
    const { cursor } = await jobsPage({}, { limit: 1 });
    await queue("a").clear();

    expect(ordersIn(await jobsPage({}, { cursor }))).toEqual([3]);
  });

  it("has what workers hold", async () => {
    await Ship.defer(1);
    await Ship.defer(2);
    const lease = await TestLease.open(store.adapter, { identity: "page:1", ttl: 60 });
    await lease.exchange([], { queues: ["default"], limit: 2 });
    onTestFinished(() => lease.close());

    const first = await jobsPage({}, { limit: 1 });
    const second = await jobsPage({}, { limit: 1, cursor: first.cursor });

    expect([...ordersIn(first), ...ordersIn(second)]).toEqual([1, 2]);
    expect(first.jobs[0]?.place).toBe("running");
  });

  it("refuses a cursor that is of no page", async () => {
    await expect(jobsPage({}, { cursor: "[9]" })).rejects.toThrow(
      "Cannot read a page of jobs: its cursor is of no page of these places. Give the one that the page before returned, and the same places",
    );
  });
});
