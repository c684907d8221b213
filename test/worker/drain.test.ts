import { ConfigurationError, UnknownOptionError } from "mandate";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { jid, requeue, retry } from "../../src/adapter-contract/jobs.ts";
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

  it("ends when the worker is stopped", async () => {
    const rig = new Rig();
    await rig.enqueue(["a"], { at: START + 3_600 });
    const drained = rig.worker.drain();
    await turns(10);

    await rig.worker.stop();
    await drained;

    expect(await rig.adapter.status(jid("a"))).toBe("scheduled");
  });

  it("says that the store is away when it cannot start", async () => {
    const adapter = new CutOffAdapter(memory());
    const rig = new Rig({ adapter });
    adapter.cut();

    await expect(rig.worker.drain()).rejects.toThrow("the line is cut (lease)");
  });

  it.each([
    ["stop", "it was stopped"],
    ["quiet", "it is quiet, and fetches no more jobs"],
  ] as const)("refuses a worker that %s() ended", async (end, why) => {
    const rig = await Rig.started();
    await rig.worker[end]();

    await expect(rig.worker.drain()).rejects.toThrow(
      new ConfigurationError(
        `Cannot drain this worker: ${why}. Make a new Worker with the same options`,
      ),
    );
  });

  it("refuses options that there are not", async () => {
    const { worker } = new Rig();

    await expect(worker.drain({ within: 1 } as never)).rejects.toThrow(UnknownOptionError);
    await expect(worker.drain({ dueWithin: -1 })).rejects.toThrow(
      "Cannot read -1 as dueWithin of drain(): it is negative",
    );
  });
});

describe("drain with dueWithin", () => {
  it("leaves what is due later, and what waits for that", async () => {
    const rig = new Rig({ endsByItself: () => true });
    await rig.enqueue(["now", "first"]);
    await rig.enqueue(["behind first"], { prereqs: [jid("first")] });
    await rig.enqueue(["soon"], { at: START + 30 });
    await rig.enqueue(["late"], { at: START + 61 });
    await rig.enqueue(["behind late"], { prereqs: [jid("late")] });
    const drained = watched(rig.worker.drain({ dueWithin: "1 minute" }));

    await pass(0);
    await pass(29_000);
    expect(drained.done).toBe(false);
    await pass(1_000);

    expect(drained.done).toBe(true);
    expect(rig.ended).toEqual(["now", "first", "behind first", "soon"]);
    expect(await rig.adapter.status(jid("late"))).toBe("scheduled");
    expect(await rig.adapter.status(jid("behind late"))).toBe("blocked");
  });

  it("of 0 waits for what runs, and not for its retry", async () => {
    const rig = new Rig();
    await rig.enqueue(["failing"]);
    const drained = watched(rig.worker.drain({ dueWithin: 0 }));
    const { job, end } = await rig.run("failing");

    await pass(60_000);
    expect(drained.done).toBe(false);
    end(retry(job, START + 61));
    await pass(0);

    expect(drained.done).toBe(true);
    expect(await rig.adapter.status(jid("failing"))).toBe("retrying");
  });

  it("counts from the call, however long it takes", async () => {
    const rig = new Rig();
    await rig.enqueue(["a"]);
    const drained = watched(rig.worker.drain({ dueWithin: 60 }));
    await rig.run("a");

    await pass(50_000);
    await rig.enqueue(["b"], { at: START + 70 });
    await rig.end("a");
    await pass(0);

    expect(drained.done).toBe(true);
  });
});

describe("what drain says", () => {
  const said = (rig: Rig) =>
    rig.log.lines.filter(({ message }) => message.startsWith("Draining waits"));

  it("is what it waits for, and until when: once", async () => {
    const rig = new Rig({ endsByItself: () => true });
    await rig.enqueue(["a"], { at: START + 3_600 });
    await rig.enqueue(["b"], { at: START + 7_200 });
    await rig.enqueue(["c"], { prereqs: [jid("a")] });
    const drained = watched(rig.worker.drain());

    await pass(60_000);

    expect(said(rig)).toEqual([
      {
        level: "info",
        fields: { scheduled: 2, retrying: 0, blocked: 1, running: 0, nextAt: START + 3_600 },
        message:
          "Draining waits for jobs: 2 scheduled, 1 blocked; the next is due at 2027-01-15T09:00:00.000Z. " +
          'drain({ dueWithin: "1 minute" }) leaves what is due later',
      },
    ]);
    await pass(3_600_000);
    await pass(3_600_000);
    expect(drained.done).toBe(true);
    expect(said(rig).map(({ fields }) => (fields as { nextAt: number }).nextAt)).toEqual([
      START + 3_600,
      START + 7_200,
    ]);
  });

  it("is nothing where it does not wait for long", async () => {
    const rig = new Rig({ endsByItself: () => true });
    await rig.enqueue(["a"], { at: START + 4 });
    const drained = watched(rig.worker.drain());

    await pass(2_000);
    await pass(2_000);

    expect(drained.done).toBe(true);
    expect(said(rig)).toEqual([]);
  });

  it("is that others run jobs, after a while", async () => {
    const other = await Rig.started();
    await other.enqueue(["theirs"]);
    await other.run("theirs");
    const rig = new Rig({ adapter: other.adapter });
    void rig.worker.drain();

    await pass(4_000);
    expect(said(rig)).toEqual([]);
    await pass(60_000);

    expect(said(rig).map(({ message }) => message)).toEqual(["Draining waits for jobs: 1 running"]);
  });

  it("is true of a time past all dates", async () => {
    const rig = new Rig();
    await rig.enqueue(["a"], { at: 1e14 });
    void rig.worker.drain();

    await pass(1_000);

    expect(said(rig)[0]?.message).toContain("the next is due at no time that there is.");
  });
});
