import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { jid, requeue } from "../../src/adapter-contract/jobs.ts";
import { CutOffAdapter } from "../support/cut-off-adapter.ts";
import { memory, Rig, turns, type Run } from "./running.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** Lets time pass in small steps, with turns of the event loop in between. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 50) {
    await vi.advanceTimersByTimeAsync(50);
    await turns(2);
  }
}

describe("a worker whose store is away", () => {
  it("keeps outcomes, and settles them when the store is back", async () => {
    const adapter = new CutOffAdapter(memory());
    const rig = await Rig.started({ adapter });
    await rig.enqueue(["a", "b"]);
    await rig.runs("a", "b");

    adapter.cut();
    await rig.end("a", "b");
    await pass(5_000);
    expect(await adapter.status(jid("a"))).toBe("running");
    adapter.mend();
    await pass(1_000);

    expect(await adapter.status(jid("a"))).toBe("finished");
    expect(await adapter.status(jid("b"))).toBe("finished");
    expect(await adapter.store.counters()).toEqual({ processed: 2, failed: 0 });
  });

  it("goes on to fetch when the store is back", async () => {
    const adapter = new CutOffAdapter(memory());
    const rig = await Rig.started({ adapter, endsByItself: () => true });
    await turns(5);

    adapter.cut();
    await rig.enqueue(["a"]);
    await pass(5_000);
    expect(rig.ended).toEqual([]);
    adapter.mend();
    await pass(1_000);

    expect(rig.ended).toEqual(["a"]);
  });

  it("logs once that it is away and once that it is back", async () => {
    const adapter = new CutOffAdapter(memory());
    const rig = await Rig.started({ adapter, leaseTtl: 60 });
    await rig.enqueue(["a"]);
    await rig.run("a");

    adapter.cut("exchange", "promoteDue", "recover", "releaseBlocked");
    await rig.enqueue(["b"], { at: Date.now() / 1000 + 1 });
    await rig.end("a");
    await pass(30_000);
    adapter.mend();
    await pass(2_000);

    expect(rig.log.troubles).toEqual([
      "The memory store failed this worker, which keeps trying: " +
        "Cannot reach the store: the line is cut (exchange)",
    ]);
    expect(
      rig.log.messages("info").filter((message) => /is back after/.test(message)),
    ).toHaveLength(1);
    await rig.run("b");
  });

  it("asks again and again, but not more than about once a second", async () => {
    const adapter = new CutOffAdapter(memory());
    const rig = await Rig.started({ adapter });
    await turns(5);

    adapter.cut();
    await rig.enqueue(["a"]);
    adapter.calls.length = 0;
    await pass(60_000);

    expect(adapter.calls.length).toBeGreaterThan(55);
    expect(adapter.calls.length).toBeLessThan(70);
    adapter.mend();
    await pass(1_000);
  });

  it("does not ask more often because more work is reported", async () => {
    const adapter = new CutOffAdapter(memory());
    const rig = await Rig.started({ adapter });
    await rig.enqueue(["a", "b"]);
    await rig.runs("a", "b");

    adapter.cut();
    await rig.end("a");
    await pass(200);
    adapter.calls.length = 0;
    await rig.end("b");
    await turns(20);

    expect(adapter.calls).toEqual([]);
    adapter.mend();
    await pass(1_000);
  });

  it("keeps the order of outcomes", async () => {
    const adapter = new CutOffAdapter(memory());
    const rig = await Rig.started({ adapter, concurrency: 2 });
    await rig.enqueue(["a", "b"]);
    const [a, b] = await rig.runs("a", "b");

    adapter.cut();
    a!.end(requeue(a!.job));
    await pass(100);
    b!.end(requeue(b!.job));
    await pass(100);
    await rig.enqueue(["c"]);
    adapter.mend();
    await pass(1_000);
    await rig.end("c");
    await rig.runs("a", "b");

    expect(rig.begun).toEqual(["a", "b", "c", "a", "b"]);
  });

  it("cannot start, says so, and can be started once the store is back", async () => {
    const adapter = new CutOffAdapter(memory());
    const rig = new Rig({ adapter, endsByItself: () => true });
    adapter.cut();

    await expect(rig.worker.start()).rejects.toThrow(
      "Cannot reach the store: the line is cut (lease)",
    );
    expect(vi.getTimerCount()).toBe(0);
    adapter.mend();
    await rig.worker.start();
    await rig.enqueue(["a"]);
    await rig.until(() => rig.ended.length === 1);

    expect(rig.ended).toEqual(["a"]);
  });

  it("stops all the same, and says what it could not settle", async () => {
    const adapter = new CutOffAdapter(memory());
    const rig = await Rig.started({ adapter });
    await rig.enqueue(["a"]);
    await rig.run("a");

    adapter.cut();
    const stopped = rig.worker.stop();
    await rig.end("a");
    await pass(5_000);
    await stopped;
    await adapter.close();

    expect(rig.log.troubles).toEqual([
      expect.stringMatching(/^The memory store failed this worker/),
      `Dropped the outcome of job ${jid("a")} of queue "default", which may run again: ` +
        "the store does not answer, and this worker ends",
      "Could not close the lease: jobs that it still holds come back when it runs out",
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a worker whose store never answers", () => {
  it("stops all the same, and says what it could not settle", async () => {
    const adapter = new CutOffAdapter(memory());
    const rig = await Rig.started({ adapter });
    await rig.enqueue(["a"]);
    await rig.run("a");
    adapter.onAnswer = () => new Promise(() => undefined);

    await rig.end("a");
    await turns(5);
    const stopped = rig.worker.stop();
    await pass(5_000);
    await stopped;
    await adapter.close();

    expect(rig.log.troubles).toEqual([
      `Dropped the outcome of job ${jid("a")} of queue "default", which may run again: ` +
        "the store does not answer, and this worker ends",
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a worker that lost its lease", () => {
  /** A worker that runs job "a", overslept, and has just been found dead by another one. */
  async function lostWorker(): Promise<{ rig: Rig; adapter: CutOffAdapter; lost: Run }> {
    const adapter = new CutOffAdapter(memory());
    const rig = await Rig.started({ adapter, leaseTtl: 60, concurrency: 2 });
    await rig.enqueue(["a"]);
    const lost = await rig.run("a");
    vi.setSystemTime(Date.now() + 61_000);
    await adapter.recover();
    return { rig, adapter, lost };
  }

  it("works on under another identity", async () => {
    const { rig, adapter } = await lostWorker();
    const identity = /^[^:]+:\d+:[0-9a-f]{12}$/;

    await pass(11_000);
    const [worker] = await adapter.store.workers();

    const told = await rig.log.line(/its lease has ended/);
    expect(told.level).toBe("error");
    expect(told.message).toMatch(/It goes on under another identity$/);
    expect(told.fields["identity"]).toMatch(identity);
    expect(worker!.identity).toMatch(identity);
    expect(worker!.identity).not.toBe(told.fields["identity"]);
    expect(rig.begun).toEqual(["a", "a"]);
  });

  it("aborts the signals of its runs, and says which it lost", async () => {
    const { rig, lost } = await lostWorker();
    const { signal } = lost.environment;

    await pass(11_000);

    expect(signal.reason).toMatchObject({ code: "MANDATE_LEASE_LOST" });
    expect(rig.log.messages("warn")).toContain(
      `Lost job ${jid("a")} of queue "default" while it runs: it was given to another worker`,
    );
    expect((await rig.run("a")).environment.signal.aborted).toBe(false);
  });

  it("ignores how its runs end", async () => {
    const { rig, adapter, lost } = await lostWorker();
    await pass(11_000);

    lost.end();
    await turns(5);

    expect(await adapter.status(jid("a"))).toBe("running");
    expect(rig.log.messages("warn")).toContain(
      `Ignored how job ${jid("a")} of queue "default" ended ("done"): ` +
        "it had been given back, and will run again",
    );
  });

  it("notices it when it settles, and drops that outcome", async () => {
    const { rig, adapter, lost } = await lostWorker();

    lost.end();
    await rig.run("a");

    expect(rig.log.messages("warn")).toEqual([
      `Dropped the outcome of job ${jid("a")} of queue "default", which may run again: ` +
        "its lease was lost",
    ]);
    expect(await adapter.store.counters()).toEqual({ processed: 0, failed: 0 });
  });

  it("keeps trying to open another lease while the store is away", async () => {
    const { rig, adapter, lost } = await lostWorker();
    adapter.cut("lease");

    lost.end();
    await pass(10_000);
    expect(rig.begun).toEqual(["a"]);
    adapter.mend();
    await pass(1_000);

    expect(rig.begun).toEqual(["a", "a"]);
  });

  it("stops without another lease", async () => {
    const { rig, adapter, lost } = await lostWorker();
    adapter.cut("lease");
    lost.end();
    await pass(500);

    const stopped = rig.worker.stop();
    await pass(2_000);
    await stopped;
    await adapter.close();

    expect(await adapter.store.workers()).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("closes the lease that it is about to get when it stops", async () => {
    const { rig, adapter, lost } = await lostWorker();
    let arrive = (): void => undefined;
    adapter.onLease = () =>
      new Promise((resolve) => {
        arrive = resolve;
      });
    lost.end();
    await pass(100);

    let isStopped = false;
    const stopped = rig.worker.stop().then(() => (isStopped = true));
    await pass(100);
    expect(isStopped).toBe(false);
    arrive();
    await stopped;

    expect(await adapter.store.workers()).toEqual([]);
  });
});
