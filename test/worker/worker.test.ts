import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Command, configure, type JobHandle } from "mandate";
import { startWorker, Worker, type WorkerEvent, type WorkerOptions } from "mandate/worker";
import type { JobRecord } from "../../src/adapters/job-record.ts";
import { overdueJobs } from "../../src/job/record/overdue.ts";
import { settings } from "../../src/job/settings/settings.ts";
import { jid } from "../../src/adapter-contract/jobs.ts";
import { CutOffAdapter } from "../support/cut-off-adapter.ts";
import { Log } from "./log.ts";
import { memory, Rig, turns } from "./running.ts";

afterEach(() => {
  vi.useRealTimers();
});

describe("Worker", () => {
  it("tells of its life: startup, quiet, shutdown", async () => {
    const rig = new Rig();
    const told: WorkerEvent[] = [];
    for (const event of ["shutdown", "quiet", "heartbeat", "startup"] as const) {
      rig.worker.on(event, () => told.push(event));
    }

    await rig.worker.start();
    expect(told).toEqual(["startup"]);
    await rig.worker.quiet();
    expect(told).toEqual(["startup", "quiet"]);
    await rig.worker.stop();

    expect(told).toEqual(["startup", "quiet", "shutdown"]);
  });

  it("tells of becoming quiet before it shuts down, also where nobody asked for it", async () => {
    const rig = new Rig();
    const told: WorkerEvent[] = [];
    rig.worker.on("shutdown", () => told.push("shutdown")).on("quiet", () => told.push("quiet"));

    await rig.worker.start();
    await rig.worker.stop();

    expect(told).toEqual(["quiet", "shutdown"]);
  });

  it("fetches nothing before its startup listeners are done", async () => {
    const rig = new Rig({ endsByItself: () => true });
    let ready = (): void => undefined;
    rig.worker.on("startup", () => new Promise<void>((resolve) => (ready = resolve)));
    await rig.enqueue(["a"]);

    const started = rig.worker.start();
    await turns(10);
    expect(rig.begun).toEqual([]);
    ready();
    await started;
    await rig.until(() => rig.ended.length === 1);

    expect(rig.begun).toEqual(["a"]);
  });

  it("waits for its shutdown listeners once no job runs any more", async () => {
    const rig = await Rig.started();
    await rig.enqueue(["a"]);
    await rig.run("a");
    const told: string[] = [];
    rig.worker.on("shutdown", async () => {
      told.push(`running: ${rig.running.length}`);
      await turns(3);
      told.push("closed");
    });

    const stopped = rig.worker.stop();
    await rig.end("a");
    await stopped;

    expect(told).toEqual(["running: 0", "closed"]);
  });

  it("beats every 10 seconds, until it has stopped", async () => {
    vi.useFakeTimers();
    const rig = await Rig.started();
    const beat = vi.fn<() => void>();
    rig.worker.on("heartbeat", beat);

    await vi.advanceTimersByTimeAsync(35_000);
    await rig.worker.stop();
    await vi.advanceTimersByTimeAsync(35_000);

    expect(beat).toHaveBeenCalledTimes(3);
  });

  it("says when the store last answered, also while it is full or quiet", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const adapter = new CutOffAdapter(memory());
    const rig = new Rig({ adapter, concurrency: 1 });
    expect(rig.worker.sinceLastFetch).toBe(Infinity);

    await rig.worker.start();
    await rig.enqueue(["a"]);
    await rig.run("a");
    await vi.advanceTimersByTimeAsync(25_000);
    expect(rig.worker.sinceLastFetch).toBe(5);
    await rig.worker.quiet();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(rig.worker.sinceLastFetch).toBe(5);
    adapter.cut();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(rig.worker.sinceLastFetch).toBe(65);

    adapter.mend();
  });

  it("lists what it runs, the oldest first", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const rig = await Rig.started();
    const record = { class: "MandateJob", args: ["Greet", "you"], jid: jid("b"), queue: "mailers" };
    await rig.enqueue(["a"]);
    await rig.run("a");
    vi.advanceTimersByTime(2_000);

    await rig.adapter.enqueue([
      { jid: jid("b"), queue: "mailers", payload: JSON.stringify(record) },
    ]);
    const { job } = await rig.run("Greet");
    overdueJobs.add(job);

    expect(rig.worker.running).toEqual([
      { jid: jid("a"), name: "Job", queue: "default", seconds: 2, overdue: false },
      { jid: jid("b"), name: "Greet", queue: "mailers", seconds: 0, overdue: true },
    ]);
    expect(await rig.adapter.store.workers()).toMatchObject([{ busy: 2, overdue: 1 }]);
  });

  it("does not call a listener that was taken back", async () => {
    const rig = new Rig();
    const listener = vi.fn<() => void>();

    rig.worker.on("startup", listener).off("startup", listener);
    await rig.worker.start();

    expect(listener).not.toHaveBeenCalled();
  });

  it("goes on where a listener throws", async () => {
    const rig = new Rig({ endsByItself: () => true });
    rig.worker.on("startup", () => {
      throw new Error("no disk");
    });
    await rig.enqueue(["a"]);

    await rig.worker.start();
    await rig.until(() => rig.ended.length === 1);

    expect(rig.log.troubles).toEqual(['A worker\'s "startup" listener failed']);
  });

  it("starts once, however often it is called", async () => {
    const rig = new Rig();

    await Promise.all([rig.worker.start(), rig.worker.start()]);
    await rig.worker.start();

    expect(await rig.adapter.store.workers()).toHaveLength(1);
  });

  it("shows operators what it is", async () => {
    vi.useFakeTimers({ now: 1_800_000_000_000 });
    const queues = [
      ["critical", 6],
      ["default", 4],
    ] as const;
    const rig = await Rig.started({ queues, concurrency: 7, tag: "mail" });

    const [worker] = await rig.adapter.store.workers();

    expect(worker).toMatchObject({
      pid: process.pid,
      tag: "mail",
      concurrency: 7,
      queues: [
        ["critical", 6],
        ["default", 4],
      ],
      startedAt: 1_800_000_000,
      busy: 0,
      quiet: false,
    });
    expect(worker!.identity).toMatch(new RegExp(`^.+:${process.pid}:[0-9a-f]{12}$`));
  });

  it("is named after its dyno on Heroku", async () => {
    vi.stubEnv("DYNO", "worker.7");
    const rig = await Rig.started();
    vi.unstubAllEnvs();

    const [worker] = await rig.adapter.store.workers();

    expect(worker!.identity).toMatch(/^worker\.7:/);
  });

  it("counts what it runs", async () => {
    const rig = await Rig.started();
    await rig.enqueue(["a", "b"]);
    await rig.runs("a", "b");

    expect(await rig.adapter.store.workers()).toMatchObject([{ busy: 2 }]);
  });

  it("holds its lease for ever in a store that ends with the process", async () => {
    vi.useFakeTimers();
    const adapter = new CutOffAdapter(memory());
    await Rig.started({ adapter });

    await vi.advanceTimersByTimeAsync(3_600_000);

    expect(adapter.calls).not.toContain("renew");
    expect(await adapter.recover()).toEqual([]);
    expect(await adapter.store.workers()).toHaveLength(1);
  });

  it("renews a lease six times in its time", async () => {
    vi.useFakeTimers();
    const adapter = new CutOffAdapter(memory());
    await Rig.started({ adapter, leaseTtl: 60 });

    await vi.advanceTimersByTimeAsync(60_000);

    expect(adapter.calls.filter((call) => call === "renew")).toHaveLength(6);
  });

  it("lets each of many jobs listen to its signal, without a warning of a leak", async () => {
    const rig = await Rig.started();
    await rig.enqueue(["a"]);
    const { environment } = await rig.run("a");
    const warnings: string[] = [];
    const note = ({ name }: Error): number => warnings.push(name);
    process.on("warning", note);

    for (let listener = 0; listener < 20; listener += 1) {
      environment.signal.addEventListener("abort", () => listener);
    }
    await turns(2);
    process.off("warning", note);

    expect(warnings).toEqual([]);
  });

  it("stops at the end of its block", async () => {
    const adapter = memory();
    const worker = new Worker({ adapter, logger: new Log() });
    {
      await using used = worker;
      await used.start();
      expect(await adapter.store.workers()).toHaveLength(1);
    }

    expect(await adapter.store.workers()).toEqual([]);
  });

  it("refuses an option that there is not", () => {
    expect(() => new Worker({ concurency: 5 } as WorkerOptions)).toThrow(
      'Cannot use option "concurency" in new Worker(): there is no such option',
    );
  });
});

class Greet extends Command.initializeWith((name: string) => ({ name })) {
  static readonly greeted: string[] = [];

  call(): void {
    Greet.greeted.push(this.name);
  }
}

class Fail extends Command.initializeWith((times: number) => ({ times })) {
  static {
    this.retry(1);
  }

  call(): void {
    throw new Error(`no mail today, ${this.times}`);
  }
}

class Obey extends Command {
  static began = (): void => undefined;

  async call(): Promise<void> {
    Obey.began();
    await new Promise((_resolve, reject) => {
      this.signal.addEventListener("abort", () => reject(this.signal.reason as Error));
    });
  }
}

describe("Worker, with commands", () => {
  const before = { adapter: settings().adapter, logger: settings().logger };

  beforeEach(() => {
    configure({ adapter: memory(), logger: new Log() });
    Greet.greeted.length = 0;
  });

  afterEach(() => {
    configure(before);
  });

  async function finished(job: JobHandle | undefined, status = "finished"): Promise<void> {
    while ((await job!.status()) !== status) {
      await turns(1);
    }
  }

  it("works on what is configured, in the process it is called in", async () => {
    const worker = await startWorker();
    const job = await Greet.defer("Ada");

    await finished(job);
    await worker.stop();

    expect(Greet.greeted).toEqual(["Ada"]);
    expect((settings().logger as Log).messages("info")).toContain("Worker started");
  });

  it("prefers its own adapter and logger", async () => {
    const adapter = memory();
    const log = new Log();
    const worker = await startWorker({ adapter, logger: log });

    const workers = await adapter.store.workers();
    await worker.stop();

    expect(workers).toHaveLength(1);
    expect(log.messages()).toContain("Worker stopped");
    expect((settings().logger as Log).lines).toEqual([]);
  });

  it("tells its handlers of failures and deaths", async () => {
    vi.useFakeTimers();
    const told: unknown[] = [];
    const job = await Fail.defer(2);

    await startWorkerFor(
      {
        errorHandlers: [(error, failed) => told.push([(error as Error).message, failed?.id])],
        deathHandlers: [(dead, error) => told.push(["dead", dead.id, (error as Error).message])],
      },
      async () => {
        await finished(job, "retrying");
        await vi.advanceTimersByTimeAsync(60_000);
        await finished(job, "dead");
      },
    );

    expect(told).toEqual([
      ["no mail today, 2", job.id],
      ["no mail today, 2", job.id],
      ["dead", job.id, "no mail today, 2"],
    ]);
  });

  it("spends no attempt on what is thrown after the signal was aborted", async () => {
    const worker = await startWorker({ shutdownTimeout: 0 });
    const began = new Promise<void>((resolve) => (Obey.began = resolve));
    const job = await Obey.defer();
    await began;

    await worker.stop();

    const { store } = settings().adapter;
    const { jobs } = await store.page({ queue: "default" }, undefined, 10);
    const record = JSON.parse(jobs[0]!.payload) as JobRecord;
    expect((settings().logger as Log).troubles).toEqual([
      "Aborting 1 job still running after 0 seconds",
    ]);
    expect(record.jid).toBe(job.id);
    expect(record.retry_count).toBeUndefined();
    expect(await store.counters()).toEqual({ processed: 0, failed: 0 });
  });

  it.each([
    ["no JSON", "{", "dead"],
    ["no job's", "[]", "dead"],
    [
      "of 10 MB",
      JSON.stringify({
        class: "Nobody",
        args: ["x".repeat(10_000_000)],
        jid: "5".repeat(24),
        queue: "default",
        retry: false,
      }),
      "dead",
    ],
  ])("goes on after a payload that is %s", async (_what, payload, status) => {
    const { adapter } = settings();
    await adapter.enqueue([{ jid: "5".repeat(24), queue: "default", payload }]);
    const worker = await startWorker();

    const job = await Greet.defer("Grace");
    await finished(job);
    await worker.stop();

    expect(Greet.greeted).toEqual(["Grace"]);
    expect(await adapter.status("5".repeat(24))).toBe(status);
  });

  async function startWorkerFor(options: WorkerOptions, run: () => Promise<void>): Promise<void> {
    const worker = await startWorker(options);
    try {
      await run();
    } finally {
      await worker.stop();
    }
  }
});
