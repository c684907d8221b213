import { Command, queue, queueStats, ratesBetween, snapshot } from "mandate";
import { startWorker } from "mandate/worker";
import { describe, expect, it, onTestFinished } from "vitest";
import { onEachStore } from "../on-each-store.ts";

let begin: () => void;
let end: Promise<void>;

class Work extends Command {
  async call(): Promise<void> {
    begin();
    await end;
  }
}

onEachStore("snapshot", () => {
  it("has all there is of everything", async () => {
    const begun = new Promise<void>((resolve) => (begin = resolve));
    let finish = (): void => undefined;
    end = new Promise((resolve) => (finish = resolve));
    const worker = await startWorker({ queues: ["default"], concurrency: 1 });
    onTestFinished(() => worker.stop());
    const running = await Work.defer();
    await begun;
    await Work.set({ queue: "low" }).defer();
    await Work.set({ wait: 60 }).defer();
    await Work.set({ prereqJobs: [running] }).defer();
    await queue("none").pause();

    const taken = await snapshot();

    expect(taken.sizes).toEqual({ scheduled: 1, retry: 0, blocked: 1, dead: 0 });
    expect(taken.queues).toMatchObject([
      { name: "default", size: 0, latency: 0, paused: false },
      { name: "low", size: 1, paused: false },
      { name: "none", size: 0, latency: 0, paused: true },
    ]);
    expect(taken.processes.map(({ concurrency }) => concurrency)).toEqual([1]);
    expect(taken.running.map(({ id }) => id)).toEqual([running.id]);
    expect(taken.fetchedAhead).toBe(0);
    expect(await queueStats()).toHaveLength(3);
    finish();
    await expect.poll(async () => (await snapshot()).counters.processed).toBe(2);
    expect(ratesBetween(taken, await snapshot())?.processed).toBeGreaterThan(0);
  });
});

describe("ratesBetween", () => {
  const at = (seconds: number, processed: number, failed: number) => ({
    at: seconds,
    counters: { processed, failed },
  });

  it("divides by the time between", () => {
    expect(ratesBetween(at(10, 100, 5), at(14, 140, 7))).toEqual({ processed: 10, failed: 0.5 });
  });

  it("says nothing where there was no time, and of counters that began anew nothing below 0", () => {
    expect(ratesBetween(at(10, 100, 5), at(10, 140, 7))).toBeUndefined();
    expect(ratesBetween(at(10, 100, 5), at(12, 0, 7))).toEqual({ processed: 0, failed: 1 });
  });
});
