import {
  blockedSet,
  Command,
  configure,
  deadSet,
  MemoryAdapter,
  processes,
  queue,
  queues,
  quietProcess,
  retrySet,
  running,
  scheduledSet,
  silentLogger,
  stats,
  stopProcess,
  type JobEntry,
} from "mandate";
import { startWorker } from "mandate/worker";
import { beforeEach, describe, expect, it } from "vitest";

class Visible extends Command.initializeWith((name: string) => ({ name })) {
  call() {}
}

class Broken extends Command.initializeWith((name: string) => ({ name })) {
  static {
    this.retryIn(() => 1000);
  }

  call() {
    throw new RangeError(`no ${this.name}`);
  }
}

class Kept extends Command {
  static {
    this.keepFinished(10);
  }

  call() {}
}

let adapter: MemoryAdapter;

beforeEach(() => {
  adapter = new MemoryAdapter({ logger: silentLogger });
  configure({ adapter, logger: silentLogger });
});

describe("queue", () => {
  it("counts, lists and finds what waits", async () => {
    const first = await Visible.defer("a");
    await Visible.set({ queue: "low" }).defer("b");

    expect((await queues()).map(({ name }) => name)).toEqual(["default", "low"]);
    expect(await queue("default").size()).toBe(1);
    expect(shown(await queue("default").find(first.id))).toEqual(["Visible", ["a"], "default"]);
    expect(await queue("default").find("unknown")).toBeUndefined();
  });

  it("pages through more jobs than fit a page, in the order of running", async () => {
    for (let index = 0; index < 250; index += 1) await Visible.defer(`job${index}`);

    const seen = await names(queue("default").each());

    expect(seen).toHaveLength(250);
    expect(seen.slice(98, 102)).toEqual(["job98", "job99", "job100", "job101"]);
  });

  it("tells for how long the next job has waited", async () => {
    expect(await queue("default").latency()).toBe(0);
    await Visible.defer("a");

    expect(await queue("default").latency()).toBeGreaterThanOrEqual(0);
    expect(await queue("default").latency()).toBeLessThan(60);
  });

  it("is not broken by a payload that is none", async () => {
    await adapter.enqueue([{ jid: "0".repeat(24), queue: "default", payload: "oops" }]);

    const [entry] = await list(queue("default").each());

    expect(shown(entry)).toEqual(["", [], "default"]);
    expect(await queue("default").latency()).toBe(0);
  });

  it("is paused, resumed, cleared", async () => {
    await Visible.defer("a");
    await queue("default").pause();
    expect(await queue("default").isPaused()).toBe(true);
    await queue("default").resume();
    expect(await queue("default").isPaused()).toBe(false);

    expect(await queue("default").clear()).toBe(1);
    expect(await queue("default").size()).toBe(0);
  });

  it("deletes a job, and says when there is none", async () => {
    const job = await Visible.defer("a");

    expect(await queue("default").delete(job.id)).toBe(true);
    expect(await queue("default").delete(job.id)).toBe(false);
    expect(await job.status()).toBe("finished");
  });
});

describe("the sets", () => {
  it("show what failed, and give a person's retry back", async () => {
    const job = await failOnce();
    const entry = await retrySet().find(job.id);

    expect(entry).toMatchObject({ errorClass: "RangeError", errorMessage: "no a", retryCount: 0 });
    expect(entry?.failedAt).toBeInstanceOf(Date);
    expect(entry?.at?.getTime()).toBeGreaterThan(Date.now());
    expect(await retrySet().retry(job.id)).toBe(true);

    expect(await job.status()).toBe("enqueued");
    expect((await queue("default").find(job.id))?.retryCount).toBe(-1);
    expect(await retrySet().retry(job.id)).toBe(false);
  });

  it("kill, revive and delete", async () => {
    const job = await Visible.defer("a", { wait: "1 day" });

    expect(await scheduledSet().kill(job.id)).toBe(true);
    expect(await job.status()).toBe("dead");
    expect(await deadSet().retry(job.id)).toBe(true);
    expect(await job.status()).toBe("enqueued");
    expect(await deadSet().delete(job.id)).toBe(false);
  });

  it("hold what is blocked, and let it go", async () => {
    const first = await Visible.defer("a");
    const second = await Visible.defer("b", { prereqJobs: [first] });

    expect(await names(blockedSet().each())).toEqual(["b"]);
    expect(await blockedSet().retry(second.id)).toBe(true);
    expect(await second.status()).toBe("enqueued");
  });

  it("are retried and killed as a whole", async () => {
    for (let index = 0; index < 3; index += 1) await Visible.defer("a", { wait: "1 day" });

    expect(await scheduledSet().killAll()).toBe(3);
    expect(await deadSet().retryAll()).toBe(3);
    expect(await queue("default").size()).toBe(3);
    expect(await deadSet().clear()).toBe(0);
  });

  it("can be read by for await", async () => {
    await Visible.defer("a", { wait: "1 day" });

    const seen: string[] = [];
    for await (const entry of scheduledSet()) seen.push(entry.className);

    expect(seen).toEqual(["Visible"]);
  });
});

describe("stats", () => {
  it("count everything", async () => {
    await failOnce();
    await finishOne();
    await Visible.defer("b", { wait: "1 day" });
    const first = await Visible.defer("c");
    await Visible.defer("d", { prereqJobs: [first] });

    expect(await stats()).toEqual({
      processed: 2,
      failed: 1,
      enqueued: 1,
      scheduled: 1,
      retry: 1,
      dead: 0,
      blocked: 1,
      finished: 1,
      running: 0,
      fetchedAhead: 0,
      processes: 0,
      defaultQueueLatency: expect.closeTo(0, 0),
      queues: { default: 1 },
      limits: [],
    });
  });

  it("show workers and what they run", async () => {
    const worker = await startWorker({ tag: "shop", concurrency: 3 });

    expect(await processes()).toMatchObject([{ tag: "shop", concurrency: 3, quiet: false }]);
    expect(await running()).toEqual([]);

    await worker.stop();
    expect(await processes()).toEqual([]);
  });

  it("ask a worker to be quiet, and to stop", async () => {
    await startWorker();
    const [{ identity } = { identity: "" }] = await processes();

    expect(await quietProcess(identity)).toBe(true);
    await expect.poll(() => processes()).toMatchObject([{ quiet: true }]);
    expect(await stopProcess(identity)).toBe(true);
    await expect.poll(() => processes()).toEqual([]);
    expect(await stopProcess(identity)).toBe(false);
  });

  it("read the adapter they are given", async () => {
    const other = new MemoryAdapter({ logger: silentLogger });
    await Visible.defer("a");

    expect((await stats(other)).enqueued).toBe(0);
    expect(await queue("default", other).size()).toBe(0);
    await other.close();
  });
});

/** A job that waits in the retry set. */
async function failOnce() {
  const job = await Broken.defer("a");
  const worker = await startWorker();
  await expect.poll(() => job.status()).toBe("retrying");
  await worker.stop();
  return job;
}

async function finishOne() {
  const job = await Kept.defer();
  const worker = await startWorker();
  await expect.poll(() => job.status()).toBe("finished");
  await worker.stop();
}

async function list(entries: AsyncIterable<JobEntry>): Promise<JobEntry[]> {
  const all: JobEntry[] = [];
  for await (const entry of entries) all.push(entry);
  return all;
}

async function names(entries: AsyncIterable<JobEntry>): Promise<unknown[]> {
  return (await list(entries)).map((entry) => entry.arguments[0]);
}

function shown(entry: JobEntry | undefined): unknown[] {
  return [entry?.className, entry?.arguments, entry?.queueName];
}
