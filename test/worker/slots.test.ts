import { afterEach, describe, expect, it, vi } from "vitest";
import type { Outcome } from "../../src/adapters/adapter.ts";

import { jid } from "../../src/adapter-contract/jobs.ts";
import { Rig, turns } from "./running.ts";

afterEach(() => {
  vi.useRealTimers();
});

const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

describe("fetching ahead", () => {
  /** A worker that has just run a hundred jobs in no time. */
  async function fastWorker(concurrency = 2): Promise<Rig> {
    vi.useFakeTimers();
    const rig = await Rig.started({ concurrency, endsByItself: (name) => name.startsWith("fast") });
    await rig.enqueue(names("fast", 100));
    await rig.until(() => rig.ended.length === 100);
    return rig;
  }

  it("holds no job that cannot start while nothing is known of their pace", async () => {
    const rig = await Rig.started({ concurrency: 2 });

    await rig.enqueue(names("slow", 50));
    await rig.runs("slow0", "slow1");
    await turns(5);

    expect(await rig.waiting()).toHaveLength(48);
  });

  it("holds up to six hundred where jobs were fast", async () => {
    const rig = await fastWorker();

    await rig.enqueue(names("slow", 700));
    await rig.runs("slow0", "slow1");
    await turns(5);

    expect(await rig.waiting()).toEqual(names("slow", 700).slice(602));
  });

  it("gives jobs back, in order, that wait in vain for a tenth of a second", async () => {
    const rig = await fastWorker();
    await rig.enqueue(names("slow", 50));
    await rig.runs("slow0", "slow1");
    await turns(5);
    expect(await rig.waiting()).toEqual([]);

    await vi.advanceTimersByTimeAsync(100);
    await turns(5);

    expect(await rig.waiting()).toEqual(names("slow", 50).slice(2));
    expect(rig.running).toEqual(["slow0", "slow1"]);
  });

  it("fetches none ahead after that", async () => {
    const rig = await fastWorker();
    await rig.enqueue(names("slow", 50));
    await rig.runs("slow0", "slow1");
    await vi.advanceTimersByTimeAsync(100);

    await rig.end("slow0");
    await rig.run("slow2");
    await turns(5);

    expect(await rig.waiting()).toEqual(names("slow", 50).slice(3));
  });

  it("goes on through what it holds as long as jobs end", async () => {
    const rig = await fastWorker(1);
    await rig.enqueue(names("slow", 10));

    for (const name of names("slow", 10)) {
      await rig.run(name);
      await vi.advanceTimersByTimeAsync(40);
      await rig.end(name);
    }
    await turns(5);

    expect(rig.begun.slice(100)).toEqual(names("slow", 10));
    expect(await rig.adapter.store.counters()).toEqual({ processed: 110, failed: 0 });
  });

  it("gives back what it holds when it becomes quiet, in order", async () => {
    const rig = await fastWorker();
    await rig.enqueue(names("slow", 50));
    await rig.runs("slow0", "slow1");
    await turns(5);

    await rig.worker.quiet();

    expect(await rig.waiting()).toEqual(names("slow", 50).slice(2));
    expect(await rig.adapter.store.counters()).toEqual({ processed: 100, failed: 0 });
  });

  it("lets timers and I/O have their turn between jobs that block the event loop", async () => {
    const rig = new Rig({
      endsByItself: () => {
        vi.advanceTimersByTime(10);
        return true;
      },
    });
    vi.useFakeTimers();
    await rig.enqueue(names("block", 10));
    const begunAt: number[] = [];
    let turn = 0;
    const stop = new AbortController();
    const counting = (async () => {
      while (!stop.signal.aborted) {
        await turns(1);
        turn += 1;
        begunAt.push(rig.begun.length);
      }
    })();

    await rig.worker.start();
    await rig.until(() => rig.ended.length === 10);
    stop.abort();
    await counting;

    // Never more than one began from one turn to the next.
    const steps = begunAt.map((begun, index) => begun - (begunAt[index - 1] ?? 0));
    expect(Math.max(...steps)).toBe(1);
    expect(turn).toBeGreaterThanOrEqual(10);
  });
});

describe("a job that was recovered twice", () => {
  /** Jobs that were with two workers that died, the first of them in the middle of the queue. */
  async function killers(...recovered: readonly string[]): Promise<Rig> {
    vi.useFakeTimers();
    const rig = new Rig({ concurrency: 3 });
    await rig.enqueue(recovered);
    for (const death of [1, 2]) {
      const lease = await rig.adapter.lease({
        identity: `dead:${death}:000000000000`,
        ttl: 1,
        info: { hostname: "", pid: 1, tag: "", startedAt: 0, concurrency: 9, queues: [["*", 1]] },
        state: () => ({ quiet: false, busy: 0 }),
        onWork: () => undefined,
        onDue: () => undefined,
      });
      await lease.exchange([], { queues: undefined, limit: recovered.length });
      await vi.advanceTimersByTimeAsync(2_000);
      await rig.adapter.recover();
    }
    return rig;
  }

  it("waits until nothing else runs, and nothing starts beside it", async () => {
    const rig = await killers("killer");
    await rig.worker.start();
    await rig.end("killer");
    await rig.enqueue(["a", "b"]);
    const [a] = await rig.runs("a", "b");
    expect(rig.most).toBe(2);
    a!.end();
  });

  it("runs alone although others were there first and came later", async () => {
    const rig = await killers("killer");
    await rig.enqueue(["early"], { priority: -1 });
    await rig.enqueue(["late1", "late2"]);
    await rig.worker.start();
    await rig.run("killer");
    await turns(10);

    expect(rig.running).toEqual(["killer"]);
    expect(await rig.waiting()).toEqual(["early", "late1", "late2"]);
    await rig.end("killer", "early", "late1", "late2");
    expect(rig.begun).toEqual(["killer", "early", "late1", "late2"]);
  });

  it("waits for jobs that run already, and lets none start meanwhile", async () => {
    const rig = await killers("killer");
    await rig.adapter.store.pause("default");
    await rig.enqueue(["before"], { queue: "other" });
    await rig.worker.start();
    await rig.run("before");

    await rig.adapter.store.resume("default");
    await turns(10);
    await rig.enqueue(["after"], { queue: "other" });
    await turns(10);
    expect(rig.running).toEqual(["before"]);
    await rig.end("before");
    await rig.run("killer");
    await turns(10);

    expect(rig.running).toEqual(["killer"]);
    expect(await rig.adapter.status(jid("before"))).toBe("finished");
    expect(await rig.adapter.status(jid("after"))).toBe("enqueued");
    await rig.end("killer", "after");
  });

  it("runs one after the other where there are several", async () => {
    const rig = await killers("killer1", "killer2");
    await rig.worker.start();

    await rig.end("killer1", "killer2");

    expect(rig.most).toBe(1);
    expect(rig.begun).toEqual(["killer1", "killer2"]);
  });

  it("is given back when the worker becomes quiet before it could start", async () => {
    const rig = await killers("killer");
    await rig.adapter.store.pause("default");
    await rig.enqueue(["before"], { queue: "other" });
    await rig.worker.start();
    await rig.run("before");
    await rig.adapter.store.resume("default");
    await turns(10);
    expect(await rig.waiting()).toEqual([]);

    await rig.worker.quiet();

    expect(await rig.waiting()).toEqual(["killer"]);
    expect(rig.running).toEqual(["before"]);
  });

  it("does not run when it is cancelled before it could start, and others do", async () => {
    const rig = await killers("killer");
    await rig.adapter.store.pause("default");
    await rig.enqueue(["before"], { queue: "other" });
    await rig.worker.start();
    await rig.run("before");
    await rig.adapter.store.resume("default");
    await turns(10);

    expect(await rig.adapter.store.cancel(jid("killer"))).toBe(true);
    await rig.enqueue(["after"]);
    await rig.end("after", "before");

    expect(rig.begun).toEqual(["before", "after"]);
    expect(await rig.adapter.status(jid("killer"))).toBe("cancelled");
  });
});

describe("a run that breaks its contract", () => {
  it.each<[string, (rig: Rig) => Promise<void>]>([
    ["rejects", async (rig) => (await rig.run("a")).break(new Error("cannot be"))],
    ["answers nothing", async (rig) => (await rig.run("a")).end(null as never)],
    [
      "answers for another job",
      async (rig) => (await rig.run("a")).end({ job: {}, kind: "done" } as Outcome),
    ],
  ])("comes again a minute later where it %s", async (_how, breakDown) => {
    vi.useFakeTimers();
    const rig = await Rig.started();
    await rig.enqueue(["a"]);

    await breakDown(rig);
    await turns(5);
    expect(await rig.adapter.status(jid("a"))).toBe("scheduled");
    expect(await rig.adapter.store.counters()).toMatchObject({ failed: 0 });
    await vi.advanceTimersByTimeAsync(60_000);
    await rig.end("a");

    expect(rig.begun).toEqual(["a", "a"]);
    expect(rig.log.troubles).toEqual([
      `Running job ${jid("a")} of queue "default" broke down; it comes again in 60 seconds`,
    ]);
  });

  it("comes again where it throws, and the worker goes on", async () => {
    vi.useFakeTimers();
    const rig = await Rig.started({
      endsByItself: (name) => {
        if (name === "a") {
          throw new Error("cannot be");
        }
        return true;
      },
    });

    await rig.enqueue(["a", "b"]);
    await rig.until(() => rig.ended.length === 1);
    await turns(5);

    expect(await rig.adapter.status(jid("a"))).toBe("scheduled");
    expect(await rig.adapter.status(jid("b"))).toBe("finished");
  });

  it("is dead at the fifth time in a row, as others that failed are", async () => {
    vi.useFakeTimers();
    const told: string[] = [];
    const rig = await Rig.started({
      endsByItself: () => {
        throw new Error("cannot be");
      },
      errorHandlers: [(error, job) => told.push(`${job?.id}: ${String(error)}`)],
      deathHandlers: [(job, error) => told.push(`${job.id} is dead: ${String(error)}`)],
    });
    await rig.enqueue(["a"]);

    for (const minutes of [1, 2, 4, 8]) {
      await turns(10);
      expect(await rig.adapter.status(jid("a"))).toBe("scheduled");
      await vi.advanceTimersByTimeAsync(minutes * 60_000);
    }
    await turns(10);

    expect(await rig.adapter.status(jid("a"))).toBe("dead");
    const { jobs } = await rig.adapter.store.page({ set: "dead" }, undefined, 1);
    expect(JSON.parse(jobs[0]?.payload ?? "")).toMatchObject({
      error_class: "BrokenRunError",
      error_message:
        `Cannot run job ${jid("a")}: its run broke down 5 times, which is a fault of mandate. ` +
        "Report it with the worker's log: cannot be",
      retry_count: 0,
    });
    expect(told).toEqual([
      ...Array<string>(5).fill(`${jid("a")}: Error: cannot be`),
      `${jid("a")} is dead: Error: cannot be`,
    ]);
    expect(rig.log.troubles.slice(-2)).toEqual([
      `Running job ${jid("a")} of queue "default" broke down; it comes again in 480 seconds`,
      `Running job ${jid("a")} of queue "default" broke down 5 times; it is dead`,
    ]);
  });
});
