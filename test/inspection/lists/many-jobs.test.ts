import { beforeEach, describe, expect, it } from "vitest";
import { MemoryAdapter } from "../../../src/adapters/memory/memory-adapter.ts";
import { deadSet, scheduledSet } from "../../../src/inspection/lists/job-set.ts";
import type { PassProgress } from "../../../src/inspection/lists/pass.ts";
import { queue } from "../../../src/inspection/lists/queue.ts";
import { silentLogger } from "../../../src/support/logger.ts";

const FAR = Date.now() / 1000 + 86_400;
const JOBS = 1_300;

let adapter: MemoryAdapter;

beforeEach(() => {
  adapter = new MemoryAdapter({ logger: silentLogger });
});

describe("each", () => {
  it("finds the selected ones on all pages", async () => {
    await enqueueAll();

    const seen: unknown[] = [];
    for await (const entry of queue("default", adapter).each({ command: "Third" })) {
      seen.push(entry.arguments[0]);
    }

    expect(seen).toEqual(Array.from({ length: 434 }, (_, index) => index * 3));
  });

  it("ends when it is told to, though it found nothing", async () => {
    await enqueueAll();
    const aborting = new AbortController();
    const entries = queue("default", adapter).each({ jid: "none" }, { signal: aborting.signal });

    const next = entries.next();
    aborting.abort(new Error("enough"));

    await expect(next).rejects.toThrow("enough");
  });
});

describe("many jobs", () => {
  it("are counted", async () => {
    await enqueueAll();

    expect(await queue("default", adapter).count({ command: "Third" })).toBe(434);
    expect(await queue("default", adapter).count()).toBe(JOBS);
  });

  it("are counted to an end, however many come meanwhile", async () => {
    await enqueueAll();
    const more: Promise<void>[] = [];
    const onProgress = (): void => {
      more.push(enqueueAll({ prefix: `more${more.length}` }));
    };

    const counting = queue("default", adapter).count({}, { onProgress });

    expect(await counting).toBe(JOBS);
    await Promise.all(more);
    expect(more.length).toBeGreaterThan(1);
  });

  it("are deleted from a queue, the others stay in their order", async () => {
    await enqueueAll();

    expect(await queue("default", adapter).deleteAll({ command: "Third" })).toBe(434);

    const { jobs } = await adapter.store.page({ queue: "default" }, undefined, 3);
    expect(jobs.map(({ jid }) => jid)).toEqual(["job1", "job2", "job4"]);
    expect(await queue("default", adapter).size()).toBe(JOBS - 434);
  });

  it("are killed and run again", async () => {
    await enqueueAll({ at: FAR });

    expect(await scheduledSet(adapter).killAll({ command: "Third" })).toBe(434);
    expect(await deadSet(adapter).retryAll({ jid: ["job0", "job3", "job4"] })).toBe(2);

    expect(await queue("default", adapter).size()).toBe(2);
    expect(await deadSet(adapter).size()).toBe(432);
  });

  it("tell how far they are", async () => {
    await enqueueAll({ at: FAR });
    const told: PassProgress[] = [];

    await scheduledSet(adapter).retryAll(
      { command: "Third" },
      { onProgress: (progress) => told.push(progress) },
    );

    expect(told.at(-1)).toEqual({ seen: JOBS, done: 434, total: JOBS });
    expect(told.length).toBeGreaterThan(2);
    expect(told.map(({ done }) => done)).toEqual(told.map(({ done }) => done).toSorted(byNumber));
  });

  it("stay where they are from the slice on at which it is told to end", async () => {
    await enqueueAll({ at: FAR });
    const aborting = new AbortController();
    let done = 0;
    const onProgress = (progress: PassProgress): void => {
      done = progress.done;
      if (done > 0) aborting.abort(new Error("enough"));
    };

    const running = scheduledSet(adapter).retryAll({}, { onProgress, signal: aborting.signal });

    await expect(running).rejects.toThrow("enough");
    expect(done).toBeGreaterThan(0);
    expect(await queue("default", adapter).size()).toBe(done);
    expect(await scheduledSet(adapter).size()).toBe(JOBS - done);
  });

  it("are left alone where an option is misspelled", async () => {
    const options = { onProgres: () => undefined } as object;

    await expect(scheduledSet(adapter).retryAll({}, options)).rejects.toThrow(
      'Cannot use option "onProgres" in the options of a pass over jobs',
    );
  });
});

async function enqueueAll({
  at,
  prefix = "job",
}: { readonly at?: number; readonly prefix?: string } = {}): Promise<void> {
  const entries = Array.from({ length: JOBS }, (_, index) => ({
    jid: `${prefix}${index}`,
    queue: "default",
    payload: JSON.stringify({
      class: "MandateJob",
      args: [index % 3 === 0 ? "Third" : "Other", index],
      queue: "default",
      jid: `${prefix}${index}`,
    }),
    ...(at === undefined ? {} : { at: at + index }),
  }));
  await adapter.enqueue(entries);
}

function byNumber(one: number, other: number): number {
  return one - other;
}
