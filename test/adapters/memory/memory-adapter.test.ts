import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AdapterError } from "../../../src/adapters/adapter-error.ts";
import type { Entry, FetchedJob, Lease, Outcome } from "../../../src/adapters/adapter.ts";
import {
  MemoryAdapter,
  type MemoryAdapterOptions,
} from "../../../src/adapters/memory/memory-adapter.ts";
import type { Logger } from "../../../src/support/logger.ts";
import { silentLogger } from "../../../src/support/logger.ts";
import { runProgram } from "../../repository/program.ts";

const DAY = 24 * 60 * 60;
const adapters: MemoryAdapter[] = [];

afterEach(async () => {
  await Promise.all(adapters.splice(0).map((adapter) => adapter.close()));
});

describe("MemoryAdapter", () => {
  it("refuses an option it does not know", () => {
    const options = { ttl: 5 } as MemoryAdapterOptions;

    expect(() => new MemoryAdapter(options)).toThrow(
      new TypeError(
        'Cannot make a MemoryAdapter: there is no option "ttl". Known are logger, clock, timestamps, deadMaxJobs, deadTimeout',
      ),
    );
  });

  it("opens no lease and takes no job once it is closed", async () => {
    const adapter = memory();

    await adapter.close();

    await expect(adapter.enqueue([entry("a")])).rejects.toThrow(
      new AdapterError("Cannot accept jobs: this memory adapter is closed. Make a new one"),
    );
    await expect(open(adapter)).rejects.toThrow(AdapterError);
  });

  it("opens no lease that is over at once", async () => {
    await expect(open(memory(), { ttl: 0 })).rejects.toThrow(
      new RangeError("Cannot lease jobs for 0 seconds: expected a ttl above 0"),
    );
  });

  it("opens no second lease under an identity", async () => {
    const adapter = memory();
    await open(adapter, { identity: "w" });

    await expect(open(adapter, { identity: "w" })).rejects.toThrow(
      new AdapterError(
        'Cannot open a lease for worker "w": one is open under that identity. Use another for each lease',
      ),
    );
  });

  it("takes a batch of any size in one step", async () => {
    const adapter = memory();
    const entries = Array.from({ length: 5_000 }, (_, index) => entry(`job${index}`));

    const enqueued = adapter.enqueue([...entries, entry("last")]);

    expect(await adapter.status("last")).toBe("enqueued");
    await enqueued;
  });

  it("calls no worker a hundred thousand times for as many jobs", async () => {
    const adapter = memory();
    const onWork = vi.fn<() => void>();
    await open(adapter, { onWork });

    for (let index = 0; index < 100_000; index += 1) {
      void adapter.enqueue([entry(`job${index}`)]);
    }
    await turn();

    expect(onWork).toHaveBeenCalledOnce();
  });

  it("forgets the dead after 180 days", async () => {
    let now = 1_800_000_000;
    const adapter = memory({ clock: { now: () => now } });
    const lease = await open(adapter);
    await adapter.enqueue([entry("old"), entry("young")]);
    const [old, young] = await fetch(lease);

    await lease.exchange([died(old!)]);
    now += 179 * DAY;
    await lease.exchange([died(young!)]);
    expect(await adapter.status("old")).toBe("dead");
    now += 2 * DAY;
    await adapter.enqueue([entry("next")]);
    await lease.exchange([died((await fetch(lease))[0]!)]);

    expect(await adapter.status("old")).toBe("finished");
    expect(await adapter.status("young")).toBe("dead");
  });

  it("shows receipts that compare and print as plain jobs", async () => {
    const adapter = memory();
    const lease = await open(adapter);
    await adapter.enqueue([entry("a")]);

    const [job] = await fetch(lease);

    expect({ ...job }).toEqual({
      queue: "default",
      payload: expect.stringMatching(/^\{"args":\["a"\],"enqueued_at":[\d.]+\}$/),
      recoveries: 0,
    });
  });

  it("frees 100,000 dependents in slices, and keeps none in mind after", async () => {
    const adapter = memory();
    const lease = await open(adapter);
    await adapter.enqueue([entry("first")]);
    const names = Array.from({ length: 100_000 }, (_, index) => `job${index}`);
    await adapter.enqueue(names.map((name) => ({ ...entry(name), prereqs: ["first"] })));

    const { releasable } = await lease.exchange([finished((await fetch(lease))[0]!)]);
    const slices = new Set<number>();
    for (
      let size = await adapter.releaseBlocked();
      size > 0;
      size = await adapter.releaseBlocked()
    ) {
      slices.add(size);
    }

    expect(releasable).toBe(true);
    expect([...slices]).toEqual([500]);
    expect(await adapter.store.size({ queue: "default" })).toBe(100_000);
  });
});

describe("MemoryAdapter, with nobody working", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it("says after a second that jobs wait, once", async () => {
    const { logger, lines } = listening();
    const adapter = memory({ logger });

    await adapter.enqueue([entry("a"), { ...entry("b"), at: Date.now() / 1000 + 60 }]);
    await vi.advanceTimersByTimeAsync(999);
    expect(lines).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await adapter.enqueue([entry("c")]);
    await vi.advanceTimersByTimeAsync(60_000);

    expect(lines).toEqual([
      [
        { jobs: 2 },
        "2 jobs are waiting in the memory adapter, and no worker runs in this process. " +
          "Start one with startWorker() from mandate/worker",
      ],
    ]);
  });

  it("says nothing where a worker comes in time", async () => {
    const { logger, lines } = listening();
    const adapter = memory({ logger });

    await adapter.enqueue([entry("a")]);
    await open(adapter);
    await vi.advanceTimersByTimeAsync(60_000);

    expect(lines).toEqual([]);
  });

  it("says nothing where nothing is left to do", async () => {
    const { logger, lines } = listening();
    const adapter = memory({ logger });
    await adapter.enqueue([entry("a")]);
    await adapter.store.clear({ queue: "default" });

    await vi.advanceTimersByTimeAsync(60_000);

    expect(lines).toEqual([]);
  });

  it("says so when the worker leaves jobs behind", async () => {
    const { logger, lines } = listening();
    const adapter = memory({ logger });
    const lease = await open(adapter);
    await adapter.enqueue([entry("a")]);
    await fetch(lease);

    await lease.close();
    await vi.advanceTimersByTimeAsync(1_000);

    expect(lines).toMatchObject([[{ jobs: 1 }, expect.stringMatching(/^1 job is waiting/)]]);
  });

  it("leaves no timer once it is closed", async () => {
    const adapter = memory();
    await adapter.enqueue([entry("a")]);
    expect(vi.getTimerCount()).toBe(1);

    await adapter.close();

    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("MemoryAdapter, when the process exits", () => {
  it("listens from its first job until it is closed, with one listener for all adapters", async () => {
    const before = process.listenerCount("exit");
    const many = Array.from({ length: 50 }, () => memory());
    expect(process.listenerCount("exit")).toBe(before);

    for (const adapter of many) {
      await adapter.enqueue([entry("a")]);
    }
    expect(process.listenerCount("exit")).toBe(before + 1);
    await Promise.all(many.map((adapter) => adapter.close()));
    await many[0]!.store.clear({ queue: "default" });

    expect(process.listenerCount("exit")).toBe(before);
  });

  it("says how many jobs are lost, wherever they wait, and does not hold the process", async () => {
    const { exit, stderr } = await runProgram("test/adapters/programs/leave-jobs.ts");

    expect(exit).toBe(0);
    expect(warnings(stderr)).toEqual([
      "4 jobs are lost with this process: the memory adapter keeps none. Let a worker finish " +
        "them before the process ends, or set REDIS_URL to keep them in Redis",
    ]);
  });
});

function memory(options: MemoryAdapterOptions = {}): MemoryAdapter {
  const adapter = new MemoryAdapter({ logger: silentLogger, ...options });
  adapters.push(adapter);
  return adapter;
}

let opened = 0;

function open(
  adapter: MemoryAdapter,
  options: { identity?: string; ttl?: number; onWork?: () => void } = {},
): Promise<Lease> {
  opened += 1;
  return adapter.lease({
    identity: `worker${opened}`,
    ttl: Infinity,
    info: { hostname: "", pid: 0, tag: "", startedAt: 0.5, concurrency: 1, queues: [["*", 1]] },
    state: () => ({ quiet: false, busy: 0 }),
    onWork: () => {},
    onDue: () => {},
    ...options,
  });
}

async function fetch(lease: Lease): Promise<readonly FetchedJob[]> {
  return (await lease.exchange([], { queues: undefined, limit: 10 })).jobs;
}

function entry(name: string): Entry {
  return { jid: name, queue: "default", payload: `{"args":["${name}"]}` };
}

function finished(job: FetchedJob): Outcome {
  return { kind: "done", job, jid: undefined };
}

function died(job: FetchedJob): Outcome {
  return { kind: "dead", job, jid: undefined, payload: job.payload };
}

function listening(): { logger: Logger; lines: [object, string][] } {
  const lines: [object, string][] = [];
  return { logger: { ...silentLogger, warn: (...line) => void lines.push(line) }, lines };
}

function warnings(stderr: string): string[] {
  return stderr
    .split("\n")
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as { msg: string }).msg);
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
