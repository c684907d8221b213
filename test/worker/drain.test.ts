import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { jid, requeue, retry } from "../adapters/contract/jobs.ts";
import { CutOffAdapter } from "../support/cut-off-adapter.ts";
import { memory, Rig, turns } from "./running.ts";

const START = 1_800_000_000;

beforeEach(() => {
  vi.useFakeTimers({ now: START * 1000 });
});

afterEach(() => {
  vi.useRealTimers();
});

async function pass(ms: number): Promise<void> {
  await turns(10);
  await vi.advanceTimersByTimeAsync(ms);
  await turns(10);
}

/** Whether a promise has settled. */
function watched(promise: Promise<void>): { done: boolean } {
  const watch = { done: false };
  void promise.then(() => {
    watch.done = true;
  });
  return watch;
}

describe("drain", () => {
  it("starts the worker, does all that waits, and stops it", async () => {
    const rig = new Rig({ endsByItself: () => true });
    const names = Array.from({ length: 500 }, (_, index) => `job${index}`);
    await rig.enqueue(names);

    await rig.worker.drain();
    await rig.adapter.close();

    expect(rig.ended).toEqual(names);
    expect(await rig.adapter.store.workers()).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends at once where nothing waits", async () => {
    const rig = new Rig();

    await rig.worker.drain();

    expect(await rig.adapter.store.workers()).toEqual([]);
  });

  it("waits for running jobs, and what they enqueue", async () => {
    const rig = new Rig();
    await rig.enqueue(["a"]);
    const drained = watched(rig.worker.drain());
    await rig.run("a");

    await pass(60_000);
    await rig.enqueue(["b"]);
    await rig.end("a");
    await pass(60_000);
    expect(drained.done).toBe(false);
    await rig.end("b");
    await pass(0);

    expect(drained.done).toBe(true);
  });

  it("waits for scheduled and for failed jobs", async () => {
    const rig = new Rig();
    await rig.enqueue(["scheduled"], { at: START + 3_600 });
    await rig.enqueue(["failing"]);
    const drained = watched(rig.worker.drain());
    const { job, end } = await rig.run("failing");

    end(retry(job, START + 7_200));
    await pass(3_600_000);
    await rig.end("scheduled");
    await pass(3_599_000);
    expect(drained.done).toBe(false);
    await pass(1_000);
    await rig.end("failing");
    await pass(0);

    expect(drained.done).toBe(true);
  });

  it("waits for jobs that put themselves back, and those behind them", async () => {
    const rig = new Rig();
    await rig.enqueue(["first"]);
    await rig.enqueue(["then"], { prereqs: [jid("first")] });
    const drained = watched(rig.worker.drain());
    const { job, end } = await rig.run("first");

    end(requeue(job));
    await rig.end("first");
    const then = await rig.run("then");
    await pass(5_000);
    expect(drained.done).toBe(false);
    then.end();
    await pass(0);

    expect(drained.done).toBe(true);
  });

  it("waits for jobs that another worker runs", async () => {
    const other = await Rig.started();
    await other.enqueue(["theirs"]);
    await other.run("theirs");
    const rig = new Rig({ adapter: other.adapter });
    const drained = watched(rig.worker.drain());

    await pass(60_000);
    expect(drained.done).toBe(false);
    await other.end("theirs");
    await pass(1_000);

    expect(drained.done).toBe(true);
  });

  it("notices that a scheduled job was deleted", async () => {
    const rig = new Rig();
    await rig.enqueue(["a"], { at: START + 3_600 });
    const drained = watched(rig.worker.drain());
    await pass(10_000);

    const stored = await rig.adapter.store.find({ set: "scheduled" }, jid("a"));
    await rig.adapter.store.delete({ set: "scheduled" }, stored!);
    await pass(1_000);

    expect(drained.done).toBe(true);
  });

  it("leaves alone what it does not serve, what is paused and what is dead", async () => {
    const rig = new Rig({ queues: ["default", "paused"], endsByItself: () => true });
    await rig.enqueue(["other"], { queue: "other" });
    await rig.enqueue(["paused"], { queue: "paused" });
    await rig.adapter.store.pause("paused");

    await rig.worker.drain();

    expect(await rig.waiting("other")).toEqual(["other"]);
    expect(await rig.waiting("paused")).toEqual(["paused"]);
  });

  it("outlives an outage", async () => {
    const adapter = new CutOffAdapter(memory());
    const rig = new Rig({ adapter, endsByItself: () => true });
    await rig.worker.start();
    adapter.cut();
    await rig.enqueue(["a"]);
    const drained = watched(rig.worker.drain());

    await pass(10_000);
    expect(drained.done).toBe(false);
    adapter.mend();
    await pass(2_000);
    await pass(2_000);

    expect(rig.ended).toEqual(["a"]);
    expect(drained.done).toBe(true);
  });

  it("ends when the worker becomes quiet", async () => {
    const rig = new Rig();
    await rig.enqueue(["a"], { at: START + 3_600 });
    const drained = rig.worker.drain();
    await turns(10);

    await rig.worker.quiet();
    await drained;

    expect(await rig.adapter.status(jid("a"))).toBe("scheduled");
  });

  it("ends when the worker is stopped, and does nothing to one that was", async () => {
    const rig = new Rig();
    await rig.enqueue(["a"], { at: START + 3_600 });
    const drained = rig.worker.drain();
    await turns(10);

    await rig.worker.stop();
    await drained;
    await rig.worker.drain();

    expect(await rig.adapter.status(jid("a"))).toBe("scheduled");
  });

  it("says that the store is away when it cannot start", async () => {
    const adapter = new CutOffAdapter(memory());
    const rig = new Rig({ adapter });
    adapter.cut();

    await expect(rig.worker.drain()).rejects.toThrow("the line is cut (lease)");
  });
});
