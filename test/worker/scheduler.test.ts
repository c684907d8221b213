import type { PromoteEvent, RecoverEvent, UnblockEvent } from "mandate";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { LeaseOptions, Lease } from "../../src/adapters/adapter.ts";
import { MemoryAdapter } from "../../src/adapters/memory/memory-adapter.ts";
import { subscribe } from "../../src/instrumentation/subscribe.ts";
import { clock } from "../../src/support/clock.ts";
import { silentLogger } from "../../src/support/logger.ts";
import { jid, retry } from "../../src/adapter-contract/jobs.ts";
import { CutOffAdapter } from "../support/cut-off-adapter.ts";
import { memory, Rig, turns } from "./running.ts";

const START = 1_800_000_000;

beforeEach(() => {
  vi.useFakeTimers({ now: START * 1000 });
});

afterEach(() => {
  vi.useRealTimers();
});

/** Lets milliseconds pass, with turns of the event loop before and after. */
async function pass(ms: number): Promise<void> {
  await turns(5);
  await vi.advanceTimersByTimeAsync(ms);
  await turns(5);
}

async function started(options: ConstructorParameters<typeof Rig>[0] = {}): Promise<Rig> {
  const rig = await Rig.started({ endsByItself: () => true, ...options });
  await turns(5);
  return rig;
}

describe("Scheduler", () => {
  it.each([0.001, 0.25, 59.999, 7_200])(
    "runs a job that is due after %d seconds, to the millisecond",
    async (seconds) => {
      const rig = await started();
      await rig.enqueue(["a"], { at: START + seconds });

      await pass(seconds * 1000 - 1);
      expect(rig.begun).toEqual([]);
      await pass(1);

      expect(rig.begun).toEqual(["a"]);
    },
  );

  it("runs what became due while no worker was there", async () => {
    const rig = new Rig({ endsByItself: () => true });
    await rig.enqueue(["a"], { at: START + 10 });
    await pass(20_000);

    await rig.worker.start();
    await rig.until(() => rig.ended.length === 1);

    expect(rig.begun).toEqual(["a"]);
  });

  it("wakes earlier for a job that came later and is due earlier", async () => {
    const rig = await started();
    await rig.enqueue(["later"], { at: START + 100 });
    await pass(10_000);

    await rig.enqueue(["earlier"], { at: START + 20 });
    await pass(10_000);
    expect(rig.begun).toEqual(["earlier"]);
    await pass(80_000);

    expect(rig.begun).toEqual(["earlier", "later"]);
  });

  it("runs a failed job again when its time has come", async () => {
    const rig = await Rig.started();
    await rig.enqueue(["a"]);
    const { job, end } = await rig.run("a");

    end(retry(job, START + 15));
    await pass(14_999);
    expect(await rig.adapter.status(jid("a"))).toBe("retrying");
    await pass(1);

    expect(rig.begun).toEqual(["a", "a"]);
  });

  it("moves thousands that are due at once, in slices", async () => {
    const rig = await started({ concurrency: 100 });
    const many = Array.from({ length: 2_500 }, (_, index) => `job${index}`);
    await rig.enqueue(many, { at: START + 1 });

    await pass(1_000);
    await rig.until(() => rig.ended.length === many.length);

    expect(rig.begun).toEqual(many);
  });

  it("asks the store once for each due time", async () => {
    const adapter = new CutOffAdapter(memory());
    const rig = await started({ adapter });
    await rig.enqueue(["a"], { at: START + 3_600 });
    await turns(5);
    adapter.calls.length = 0;

    await pass(3_600_000);

    expect(rig.begun).toEqual(["a"]);
    expect(adapter.calls.filter((call) => call === "promoteDue").length).toBeLessThanOrEqual(2);
  });

  it("goes by the store's clock where that is another", async () => {
    const hourAhead = { now: () => clock.now() + 3_600 };
    const adapter = new CutOffAdapter(
      new MemoryAdapter({ logger: silentLogger, clock: hourAhead }),
    );
    const rig = await started({ adapter });

    await rig.enqueue(["a"], { at: START + 3_600 + 10 });
    await pass(9_999);
    expect(rig.begun).toEqual([]);
    await pass(1);

    expect(rig.begun).toEqual(["a"]);
  });

  it("asks less and less often where the store's clock stands still", async () => {
    const stopped = { now: () => START };
    const adapter = new CutOffAdapter(new MemoryAdapter({ logger: silentLogger, clock: stopped }));
    const rig = await started({ adapter });
    await rig.enqueue(["a"], { at: START + 10 });
    await pass(11_000);
    adapter.calls.length = 0;

    await pass(3_600_000);

    expect(rig.begun).toEqual([]);
    expect(adapter.calls.length).toBeLessThan(3_700);
  });

  it("notices within 10 seconds that the store's clock was set", async () => {
    let ahead = 0;
    const adapter = new MemoryAdapter({
      logger: silentLogger,
      clock: { now: () => clock.now() + ahead },
    });
    const rig = await started({ adapter });
    await rig.enqueue(["a"], { at: START + 3_600 });
    await turns(5);

    ahead = 3_600;
    await pass(10_000);
    await pass(1);

    expect(rig.begun).toEqual(["a"]);
  });

  it("hands on a job when its last prerequisite has finished", async () => {
    const rig = await Rig.started();
    await rig.enqueue(["first"]);
    await rig.run("first");
    await rig.enqueue(["then"], { prereqs: [jid("first")] });
    await turns(5);
    expect(await rig.adapter.status(jid("then"))).toBe("blocked");

    await rig.end("first");
    await rig.run("then");

    expect(rig.begun).toEqual(["first", "then"]);
  });

  it("hands on all of a thousand that wait for one", async () => {
    const rig = await Rig.started({ endsByItself: (name) => name !== "first", concurrency: 50 });
    const many = Array.from({ length: 1_200 }, (_, index) => `job${index}`);
    await rig.enqueue(["first"]);
    await rig.run("first");
    await rig.enqueue(many, { prereqs: [jid("first")] });

    await rig.end("first");
    await rig.until(() => rig.ended.length === 1_201);

    expect(await rig.adapter.store.size({ set: "blocked" })).toBe(0);
  });

  it("hands on what was freed while no worker was there", async () => {
    const rig = new Rig({ endsByItself: () => true });
    await rig.enqueue(["first"]);
    await rig.enqueue(["then"], { prereqs: [jid("first")] });
    const first = await rig.adapter.store.find({ queue: "default" }, jid("first"));
    await rig.adapter.store.delete({ queue: "default" }, first!);

    await rig.worker.start();
    await rig.until(() => rig.ended.length === 1);

    expect(rig.begun).toEqual(["then"]);
  });

  it("takes back the jobs of a dead worker when it starts, and logs it", async () => {
    const rig = new Rig({ endsByItself: () => true });
    await rig.enqueue(["a", "b"]);
    await die(rig);
    await pass(61_000);

    await rig.worker.start();
    await rig.until(() => rig.ended.length === 2);

    expect(rig.log.messages("warn")).toEqual([
      'Took 2 jobs back from dead worker "dead:1:000000000000"',
    ]);
  });

  it("takes back the jobs of a worker that dies later", async () => {
    const rig = new Rig({ endsByItself: () => true, leaseTtl: 60 });
    await rig.enqueue(["a"]);
    await die(rig);
    await rig.worker.start();

    await pass(59_000);
    expect(rig.begun).toEqual([]);
    await pass(6_000);

    expect(rig.begun).toEqual(["a"]);
    expect(rig.log.messages("warn")).toEqual([
      'Took 1 job back from dead worker "dead:1:000000000000"',
    ]);
  });

  it("says which jobs were buried because each worker that had them died", async () => {
    const rig = new Rig({ endsByItself: () => true });
    await rig.enqueue(["a"]);
    for (const _death of [1, 2]) {
      await die(rig);
      await pass(61_000);
      await rig.adapter.recover();
    }
    await die(rig);
    await pass(61_000);

    await rig.worker.start();
    const { level } = await rig.log.line(
      new RegExp(`^Buried job ${jid("a")}: worker "dead:1:000000000000" was the third that died`),
    );

    expect(level).toBe("error");
    expect(await rig.adapter.status(jid("a"))).toBe("dead");
  });

  it("publishes how many jobs it promoted, and how late", async () => {
    const told: PromoteEvent[] = [];
    onTestFinished(subscribe({ promote: (event) => told.push(event) }));
    const rig = await started();
    await rig.enqueue(["a", "b"], { at: START + 5 });

    await pass(5_000);

    expect(told).toEqual([{ count: 2, lateness: expect.closeTo(0, 2) as number }]);
  });

  it("publishes what it promoted without knowing of it, and no lateness", async () => {
    const told: PromoteEvent[] = [];
    onTestFinished(subscribe({ promote: (event) => told.push(event) }));
    const rig = new Rig({ endsByItself: () => true });
    await rig.enqueue(["a"], { at: START + 5 });
    await pass(9_000);

    await rig.worker.start();
    await rig.until(() => rig.ended.length === 1);

    expect(told).toEqual([{ count: 1, lateness: undefined }]);
  });

  it("publishes how many jobs it handed on whose prerequisites are finished", async () => {
    const told: UnblockEvent[] = [];
    onTestFinished(subscribe({ unblock: (event) => told.push(event) }));
    const rig = await started();
    await rig.enqueue(["first"], { at: START + 5 });
    await rig.enqueue(["b", "c"], { prereqs: [jid("first")] });

    await pass(5_000);

    expect(told).toEqual([{ count: 2 }]);
  });

  it("publishes whose jobs it took back", async () => {
    const told: RecoverEvent[] = [];
    onTestFinished(subscribe({ recover: (event) => told.push(event) }));
    const rig = new Rig({ endsByItself: () => true });
    await rig.enqueue(["a", "b"]);
    await die(rig);
    await pass(61_000);

    await rig.worker.start();
    await rig.until(() => rig.ended.length === 2);

    expect(told).toEqual([{ identity: "dead:1:000000000000", recovered: 2, buried: [] }]);
  });
});

/** Fetches all there is as a worker that says nothing any more. */
async function die(rig: Rig): Promise<Lease> {
  const options: LeaseOptions = {
    identity: "dead:1:000000000000",
    ttl: 60,
    info: { hostname: "", pid: 1, tag: "", startedAt: START, concurrency: 9, queues: [["*", 1]] },
    state: () => ({ quiet: false, busy: 0 }),
    onWork: () => undefined,
    onDue: () => undefined,
  };
  const lease = await rig.adapter.lease(options);
  await lease.exchange([], { queues: undefined, limit: 9 });
  return lease;
}
