import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { OnDemandTask } from "../../src/worker/on-demand-task.ts";
import { Outage } from "../../src/worker/outage.ts";
import { nextTurn } from "../../src/support/turn.ts";
import { Log } from "./log.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** An task, how often it was begun, and the ends of its tasks in the hand of the test. */
class Trial {
  readonly log = new Log();
  readonly ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
  readonly ended = new AbortController();
  readonly task = new OnDemandTask("promotion", {
    outage: new Outage("memory", this.log),
    ended: this.ended.signal,
    task: () => new Promise((resolve, reject) => this.ends.push({ resolve, reject })),
  });

  get begun(): number {
    return this.ends.length;
  }

  /** Begun so often, sooner or later. */
  async untilBegun(times: number): Promise<void> {
    while (this.begun < times) {
      await nextTurn();
    }
  }
}

describe("OnDemandTask", () => {
  it("is done when asked for", async () => {
    const trial = new Trial();

    trial.task.run();
    trial.ends[0]!.resolve();
    await trial.task.done();

    expect(trial.begun).toBe(1);
  });

  it("is done once more, and once only, if it was asked for meanwhile", async () => {
    const trial = new Trial();
    trial.task.run();
    trial.task.run();
    trial.task.run();
    expect(trial.begun).toBe(1);

    trial.ends[0]!.resolve();
    await trial.untilBegun(2);
    trial.ends[1]!.resolve();
    await trial.task.done();

    expect(trial.begun).toBe(2);
  });

  it("can be asked for again later", async () => {
    const trial = new Trial();
    trial.task.run();
    trial.ends[0]!.resolve();
    await trial.task.done();

    trial.task.run();

    expect(trial.begun).toBe(2);
  });

  it("tries again, later and later, until the store answers", async () => {
    const trial = new Trial();
    trial.task.run();

    trial.ends[0]!.reject(new Error("away"));
    await vi.advanceTimersByTimeAsync(50);
    await trial.untilBegun(2);
    trial.ends[1]!.reject(new Error("away"));
    await vi.advanceTimersByTimeAsync(99);
    expect(trial.begun).toBe(2);
    await vi.advanceTimersByTimeAsync(1);
    await trial.untilBegun(3);
    trial.ends[2]!.resolve();
    await trial.task.done();

    expect(trial.log.messages()).toEqual([
      "The memory store failed this worker, which keeps trying: away",
      expect.stringMatching(/^The memory store is back after/),
    ]);
  });

  it("does not wait for a store that is away once it must end", async () => {
    const trial = new Trial();
    trial.task.run();
    trial.ends[0]!.reject(new Error("away"));

    trial.ended.abort();
    await trial.task.done();
    trial.task.run();

    expect(trial.begun).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
