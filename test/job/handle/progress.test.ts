import { Command, Job, MandateError, type JobHandle } from "mandate";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AdapterError } from "../../../src/adapters/adapter-error.ts";
import type { ProgressNote } from "../../../src/adapters/job-notes.ts";
import { Rig } from "../rig.ts";

type Told = readonly [done: number, total: number, note?: string];

/** Says what it is told to, one after the other, with a pause in between where that is a number of milliseconds. */
class Telling extends Job {
  async perform(...all: readonly (Told | number)[]): Promise<void> {
    for (const told of all) {
      if (typeof told === "number") await vi.advanceTimersByTimeAsync(told);
      else this.progress(...told);
    }
  }
}

describe("progress", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("is read from the handle while the job runs, and after", async () => {
    const rig = new Rig();
    const seen: unknown[] = [];
    class Import extends Command.initializeWith((rows: number) => ({ rows })) {
      async call(): Promise<void> {
        seen.push(await job.progress());
        this.progress(1, this.rows, "reading");
        await vi.advanceTimersByTimeAsync(0);
        seen.push(await job.progress());
        this.progress(this.rows, this.rows);
      }
    }
    const job: JobHandle = await Import.defer(3);

    await rig.run();

    expect(seen).toEqual([
      undefined,
      { done: 1, total: 3, note: "reading", at: new Date(rig.now * 1000) },
    ]);
    expect(await job.progress()).toEqual({
      done: 3,
      total: 3,
      note: undefined,
      at: new Date(rig.now * 1000),
    });
  });

  it("writes the first at once and then the last of each quarter of a second", async () => {
    const rig = new Rig();
    const written = spyOnWrites(rig);
    const steps = Array.from({ length: 1_000 }, (_, index): Told => [index, 1_000]);

    await Telling.performLater(...steps.flatMap((step) => [step, 1]));
    await rig.run();

    const counts = written.map(([note]) => note!.done);
    expect(counts.slice(0, 2)).toEqual([0, 249]);
    expect(counts.at(-1)).toBe(999);
    expect(counts.length).toBeLessThanOrEqual(6);
  });

  it("writes what several jobs say together", async () => {
    const rig = new Rig();
    const written = spyOnWrites(rig);

    await Telling.performLater([1, 9], 1);
    await Telling.performLater([2, 9], 1, [3, 9], 300);
    await rig.run();
    await rig.run();

    expect(written.map((notes) => notes.map(({ done }) => done))).toEqual([[1], [3]]);
  });

  it("writes the last word of a job that ends, without waiting for the next time", async () => {
    const rig = new Rig();
    const job = await Telling.performLater([1, 3], 1, [2, 3], [3, 3]);

    await rig.run();

    expect(await job.progress()).toMatchObject({ done: 3 });
  });

  it("keeps of a long note its beginning", async () => {
    const rig = new Rig();
    const job = await Telling.performLater([1, 3, "x".repeat(1_000)]);

    await rig.run();

    expect((await job.progress())?.note).toBe("x".repeat(200));
  });

  it("fails no job when the store is away, and is heard again later", async () => {
    const rig = new Rig();
    const write = vi.spyOn(rig.adapter.notes, "writeProgress");
    write.mockRejectedValueOnce(new AdapterError("away"));
    const job = await Telling.performLater([1, 3], 300, [2, 3]);

    const outcome = await rig.run();

    expect(outcome.kind).toBe("done");
    expect(await job.progress()).toMatchObject({ done: 2 });
  });

  it("waits for no store that does not answer", async () => {
    const rig = new Rig();
    vi.spyOn(rig.adapter.notes, "writeProgress").mockReturnValue(new Promise(() => undefined));
    await Telling.performLater([1, 3], [2, 3]);

    expect((await rig.run()).kind).toBe("done");
  });

  it("does nothing inline, nor where a job is performed at once", async () => {
    const rig = new Rig();
    const written = spyOnWrites(rig);
    class Count extends Command {
      call(): string {
        this.progress(1, 2, "half");
        return "counted";
      }
    }

    expect(Count.call()).toBe("counted");
    await Telling.performNow([1, 2]);

    expect(written).toEqual([]);
  });

  it.each<[string, Told, string]>([
    ["done", [NaN, 1], "done is NaN. Give a finite number from 0 up"],
    ["done", [-1, 1], "done is -1. Give a finite number from 0 up"],
    ["done", [Infinity, 1], "done is Infinity. Give a finite number from 0 up"],
    ["total", [1, 0], "total is 0. Give a finite number above 0"],
    ["total", [1, "9" as unknown as number], 'total is "9". Give a finite number above 0'],
    ["note", [1, 2, 3 as unknown as string], "note is a number. Give a string"],
  ])("refuses %s that is %j, inline too", async (_name, told, message) => {
    new Rig();
    const wrong = Telling.performNow(told);

    await expect(wrong).rejects.toThrow(`Cannot tell progress: ${message}`);
    await expect(wrong).rejects.not.toBeInstanceOf(MandateError);
  });
});

function spyOnWrites(rig: Rig): (readonly ProgressNote[])[] {
  const written: (readonly ProgressNote[])[] = [];
  const { notes } = rig.adapter;
  const write = notes.writeProgress.bind(notes);
  vi.spyOn(notes, "writeProgress").mockImplementation((all) => {
    written.push(all);
    return write(all);
  });
  return written;
}
