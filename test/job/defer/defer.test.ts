import { AdapterError, deferAll, Job, MemoryAdapter } from "mandate";
import { describe, expect, it } from "vitest";
import type { Entry } from "../../../src/adapters/adapter.ts";
import type { EnqueueAnswer } from "../../../src/adapters/enqueue-answer.ts";
import { defer, makeJob, prepareJob } from "../../../src/job/defer/defer.ts";
import { settings } from "../../../src/job/settings/settings.ts";
import { queue, Rig, SCHEDULED } from "../rig.ts";

class Example extends Job {
  perform(..._args: readonly unknown[]): void {}
}

describe("defer", () => {
  it("enqueues a job, and resolves to its handle when the store has it", async () => {
    const rig = new Rig();

    const job = await defer(() => ({ runnable: Example, args: ["a"] }));

    expect(await rig.only(queue())).toMatchObject({
      jid: job.id,
      args: ["a"],
      enqueued_at: rig.now,
    });
  });

  it("schedules one that is to wait, by duration or date", async () => {
    const rig = new Rig();
    const waitUntil = new Date((rig.now + 90) * 1000);

    const jobs = [
      await defer(() => ({ runnable: Example, args: [], options: { wait: "1 minute" } })),
      await defer(() => ({ runnable: Example, args: [], options: { waitUntil } })),
    ];

    expect(jobs.map((job) => job.scheduledAt)).toEqual([
      new Date((rig.now + 60) * 1000),
      waitUntil,
    ]);
    expect((await rig.stored(SCHEDULED)).map(({ at }) => at! - rig.now)).toEqual([60, 90]);
    expect((await rig.records(SCHEDULED))[0]).not.toHaveProperty("enqueued_at");
    rig.elapse(60);
    expect(await rig.work()).toEqual(["done"]);
  });

  it("makes no second job under a jid that the store holds", async () => {
    const rig = new Rig();
    const options = { jid: "once" };

    const first = await defer(() => ({ runnable: Example, args: ["first"], options }));
    const second = await defer(() => ({ runnable: Example, args: ["second"], options }));

    expect(second.id).toBe(first.id);
    expect(await rig.only(queue())).toMatchObject({ args: ["first"] });
  });

  it("goes by priority within a queue, the smaller first", async () => {
    const rig = new Rig();
    for (const priority of [5, -5, undefined, 5]) {
      await defer(() => ({ runnable: Example, args: [priority], options: { priority } }));
    }

    expect((await rig.records(queue())).map(({ priority }) => priority)).toEqual([
      -5,
      undefined,
      5,
      5,
    ]);
  });

  it("rejects, and does not throw, where the job cannot be made", async () => {
    new Rig();

    await expect(defer(() => ({ runnable: Example, args: [() => {}] }))).rejects.toThrow(
      "argument 1 of Example: a function cannot be deferred",
    );
  });

  it("rejects where the store does not take the job", async () => {
    new Rig();
    settings().adapter = new (class extends MemoryAdapter {
      override enqueue(): Promise<never> {
        return Promise.reject(new AdapterError("Cannot enqueue: the store is away"));
      }
    })();

    await expect(defer(() => ({ runnable: Example, args: [] }))).rejects.toThrow(
      new AdapterError("Cannot enqueue: the store is away"),
    );
  });
});

describe("deferAll", () => {
  it("enqueues in one batch, and returns the handles in order", async () => {
    const rig = new Rig();
    const batches: number[] = [];
    settings().adapter = new (class extends MemoryAdapter {
      override enqueue(entries: readonly Entry[]): Promise<EnqueueAnswer> {
        batches.push(entries.length);
        return rig.adapter.enqueue(entries);
      }
    })();
    const jobs = ["a", "b", "c"].map((text) => Example.prepare(text));

    expect(await deferAll(jobs)).toEqual(jobs);

    expect(batches).toEqual([3]);
    expect((await rig.records(queue())).map(({ args }) => args[0])).toEqual(["a", "b", "c"]);
  });
});

describe("deferAll, misused", () => {
  it.each<[string, unknown, string]>([
    [
      "one job that is not in an array",
      undefined,
      "Cannot enqueue undefined: give an array of what prepare() returned",
    ],
    [
      "what defer resolves to where a callback halts",
      [undefined],
      "Cannot enqueue undefined as a job: make each by prepare(), which enqueues nothing by itself",
    ],
    [
      "the promise of a job",
      [Promise.resolve()],
      "Cannot enqueue a promise as a job: make each by prepare(), which enqueues nothing by itself",
    ],
  ])("refuses %s", async (_what, jobs, message) => {
    new Rig();

    await expect(deferAll(jobs as never)).rejects.toThrow(new TypeError(message));
  });
});

describe("prepareJob", () => {
  it("enqueues nothing, and leaves the arguments to nobody", async () => {
    const rig = new Rig();
    const list = [1];

    const prepared = prepareJob({ runnable: Example, args: [list] });
    const made = makeJob({ runnable: Example, args: [list] });
    list.push(2);

    expect(await rig.waiting()).toBe(0);
    expect(prepared.record.args).toEqual([[1]]);
    expect(made.record.args).toEqual([[1, 2]]);
  });

  it("checks the options, and makes the class known", () => {
    new Rig();

    expect(() => prepareJob({ runnable: Example, args: [], options: { wait: -1 } })).toThrow(
      "Cannot read -1 as wait of Example: it is negative",
    );
  });
});
