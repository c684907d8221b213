import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { runJob } from "../../src/job/run/run.ts";
import { clock } from "../../src/support/clock.ts";
import { buildParts } from "../../src/worker/parts.ts";
import { nextTurn } from "../../src/support/turn.ts";
import { workerSettings } from "../../src/worker/worker-options.ts";
import { done, jid, requeue } from "../../src/adapter-contract/jobs.ts";
import { CutOffAdapter } from "../support/cut-off-adapter.ts";
import { Log } from "./log.ts";
import { memory, Rig, turns } from "./running.ts";

afterEach(() => {
  vi.useRealTimers();
});

const MANY = Array.from({ length: 2_000 }, (_, index) => `job${index}`);

describe("Fetcher", () => {
  it("runs no more than `concurrency` jobs at once", async () => {
    const rig = await Rig.started({ concurrency: 3 });

    await rig.enqueue(["a", "b", "c", "d", "e"]);
    await rig.runs("a", "b", "c");
    await rig.end("a", "b", "c", "d", "e");

    expect(rig.most).toBe(3);
    expect(rig.begun).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("starts the next job when one ends", async () => {
    const rig = await Rig.started({ concurrency: 2 });
    await rig.enqueue(["a", "b", "c"]);
    await rig.runs("a", "b");
    expect(rig.running).toEqual(["a", "b"]);

    await rig.end("b");
    await rig.run("c");

    expect(rig.running).toEqual(["a", "c"]);
  });

  it("fetches no job ahead that takes a turn, and does not ask in vain until a slot is free", async () => {
    const adapter = new CutOffAdapter(memory());
    const rig = await Rig.started({
      adapter,
      concurrency: 1,
      endsByItself: (name) => name.startsWith("job"),
    });
    await rig.enqueue(MANY);
    await rig.until(() => rig.ended.length === MANY.length);
    const turn = { from: "fetch", until: "settled", whenFull: "park" } as const;
    for (const name of ["a", "b"]) {
      await rig.enqueue([name], { holds: [{ key: name, ...turn }] });
    }
    await rig.run("a");
    await turns(20);
    const asked = adapter.exchanges.length;

    await turns(50);

    expect(adapter.exchanges.length - asked).toBeLessThan(3);
    expect(await adapter.status(jid("b"))).toBe("enqueued");
    await rig.end("a", "b");
    expect(rig.begun.slice(-2)).toEqual(["a", "b"]);
  });

  it("does what waited before it was started", async () => {
    const rig = new Rig({ endsByItself: () => true });
    await rig.enqueue(["a", "b"]);

    await rig.worker.start();
    await rig.until(() => rig.ended.length === 2);

    expect(rig.begun).toEqual(["a", "b"]);
  });

  it("serves queues in strict order", async () => {
    const rig = new Rig({
      queues: ["critical", "default"],
      concurrency: 1,
      endsByItself: () => true,
    });
    await rig.enqueue(["d1", "d2"]);
    await rig.enqueue(["c1", "c2"], { queue: "critical" });
    await rig.enqueue(["other"], { queue: "other" });

    await rig.worker.start();
    await rig.until(() => rig.ended.length === 4);

    expect(rig.begun).toEqual(["c1", "c2", "d1", "d2"]);
    expect(await rig.waiting("other")).toEqual(["other"]);
  });

  it("serves all of the weighted queues", async () => {
    const queues = [
      ["critical", 6],
      ["default", 4],
    ] as const;
    const rig = new Rig({ queues, endsByItself: () => true });
    await rig.enqueue(["d"]);
    await rig.enqueue(["c"], { queue: "critical" });

    await rig.worker.start();
    await rig.until(() => rig.ended.length === 2);

    expect(rig.begun.toSorted()).toEqual(["c", "d"]);
  });

  it("serves every queue there is, also one that came later", async () => {
    const rig = await Rig.started({ endsByItself: () => true });
    await rig.enqueue(["a"]);
    await rig.until(() => rig.ended.length === 1);

    await rig.enqueue(["b"], { queue: "new" });
    await rig.until(() => rig.ended.length === 2);

    expect(rig.begun).toEqual(["a", "b"]);
  });

  it("hears of a job at once, without any timer", async () => {
    vi.useFakeTimers();
    const rig = await Rig.started({ endsByItself: () => true });
    await turns(10);

    await rig.enqueue(["a"]);
    await rig.until(() => rig.ended.length === 1);

    expect(rig.begun).toEqual(["a"]);
  });

  it("does not miss a job that came while an exchange found none", async () => {
    const adapter = new CutOffAdapter(memory());
    const rig = new Rig({ adapter, endsByItself: () => true });
    let came = false;
    adapter.onAnswer = async ({ jobs }) => {
      if (jobs.length === 0 && !came) {
        came = true;
        await rig.enqueue(["late"]);
      }
    };

    await rig.worker.start();
    await rig.until(() => rig.ended.length === 1);

    expect(rig.begun).toEqual(["late"]);
  });

  it("runs a job again that put itself at the end of its queue", async () => {
    const rig = await Rig.started({ concurrency: 1 });
    await rig.enqueue(["a", "b"]);

    const { job, end } = await rig.run("a");
    end(requeue(job));
    await rig.end("b");
    await rig.run("a");

    expect(rig.begun).toEqual(["a", "b", "a"]);
  });

  it("settles and fetches many jobs in one exchange, two exchanges at a time at most", async () => {
    const adapter = new CutOffAdapter(memory());
    const rig = new Rig({ adapter, endsByItself: () => true });
    let underWay = 0;
    let most = 0;
    adapter.onAnswer = async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await nextTurn();
      underWay -= 1;
    };
    await rig.enqueue(MANY);

    await rig.worker.start();
    await rig.until(() => rig.ended.length === MANY.length);

    expect(most).toBe(2);
    expect(adapter.exchanges.length).toBeLessThan(MANY.length / 8);
  });

  it("has two under way where fewer came too, and others may with what has ended", async () => {
    // So jobs take no time, however busy the machine is: as many are fetched ahead as may be.
    const still = vi.spyOn(clock, "monotonic").mockReturnValue(clock.monotonic());
    onTestFinished(() => still.mockRestore());
    const adapter = new CutOffAdapter(memory());
    const open = adapter.lease.bind(adapter);
    let underWay = 0;
    let besides = 0;
    adapter.lease = async (options) => {
      const lease = await open(options);
      return {
        ...lease,
        exchange: async (outcomes, request) => {
          besides += underWay;
          underWay += 1;
          // It has to have found its pace first.
          const part = adapter.exchanges.length < 5 ? 1 : 2;
          const limit = Math.ceil((request?.limit ?? 0) / part);
          const exchange = await lease.exchange(outcomes, request && { ...request, limit });
          await nextTurn();
          underWay -= 1;
          return { ...exchange, isMore: exchange.jobs.length > 0 };
        },
      };
    };
    const rig = new Rig({ adapter, endsByItself: () => true });
    await rig.enqueue(MANY);

    await rig.worker.start();
    await rig.until(() => rig.ended.length === MANY.length);

    expect(besides).toBeGreaterThan(adapter.exchanges.length / 2);
  });

  it("lets timers and I/O have their turn however many jobs wait", async () => {
    const rig = new Rig({ endsByItself: () => true });
    await rig.enqueue(MANY);
    let passed = 0;
    const turning = async (): Promise<void> => {
      while (rig.ended.length < MANY.length) {
        await nextTurn();
        passed += 1;
      }
    };

    await rig.worker.start();
    await turning();

    // 210 jobs are started in one turn at most.
    expect(passed).toBeGreaterThan(MANY.length / 210);
  });

  it("asks the store every 10 seconds and no more while nothing happens", async () => {
    vi.useFakeTimers();
    const adapter = new CutOffAdapter(memory());
    await Rig.started({ adapter });
    await vi.advanceTimersByTimeAsync(1_000);
    adapter.calls.length = 0;

    await vi.advanceTimersByTimeAsync(60_000);

    expect(adapter.calls).toEqual(Array.from({ length: 6 }, () => "exchange"));
  });

  it("does not ask for jobs while it has no room", async () => {
    const adapter = new CutOffAdapter(memory());
    const rig = await Rig.started({ adapter, concurrency: 1 });
    await rig.enqueue(["a"]);
    await rig.run("a");
    await turns(5);
    const { length } = adapter.exchanges;

    await rig.enqueue(["b"]);
    await turns(5);
    expect(adapter.exchanges).toHaveLength(length);
    await rig.end("a");
    await rig.run("b");

    expect(rig.begun).toEqual(["a", "b"]);
  });

  it("logs outcomes that the store refused", async () => {
    const rig = await Rig.started();
    await rig.enqueue(["a"]);
    const { job } = await rig.run("a");
    const log = new Log();
    const options = workerSettings({ adapter: rig.adapter, logger: log, queues: ["other"] });
    const other = buildParts(options, { run: runJob, isQuiet: () => false });
    await other.leases.open();

    other.fetcher.settle(done(job));
    await other.fetcher.settled();
    await other.leases.close();

    expect(log.lines).toEqual([
      {
        level: "warn",
        message:
          `Dropped the outcome of job ${jid("a")} of queue "default", which may run again: ` +
          "the store says that this worker does not hold it",
        fields: { jid: jid("a"), queue: "default" },
      },
    ]);
  });
});
