import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AdapterError } from "../../src/adapters/adapter-error.ts";
import type { Adapter } from "../../src/adapters/adapter.ts";
import { Outage } from "../../src/worker/outage.ts";
import { Sweeper } from "../../src/worker/sweeper.ts";
import { nextTurn } from "../../src/support/turn.ts";
import { Log } from "./log.ts";
import { memory, Rig } from "./running.ts";

/** Sweeps that have begun, and how each is ended. */
let sweeps: {
  readonly signal: AbortSignal;
  readonly end: (over: number) => void;
  readonly fail: (error: Error) => void;
}[] = [];

beforeEach(() => {
  sweeps = [];
});

afterEach(() => {
  vi.useRealTimers();
});

describe("a worker's sweeper", () => {
  it("begins with the worker, also where that is quiet, and ends with it", async () => {
    const rig = new Rig({ adapter: swept() });
    await rig.worker.start();
    const [begun] = sweeps;
    await rig.worker.quiet();

    expect(begun?.signal.aborted).toBe(false);
    await rig.worker.stop();

    expect(begun?.signal.aborted).toBe(true);
    expect(sweeps).toHaveLength(1);
    expect(rig.log.troubles).toEqual([]);
  });

  it("sweeps with each heartbeat, and once at a time", async () => {
    vi.useFakeTimers();
    const { sweeper } = started();

    await vi.advanceTimersByTimeAsync(25_000);
    expect(sweeps).toHaveLength(1);
    sweeps[0]?.end(0);
    await untilBegun(2);
    sweeps[1]?.end(1);
    await nextTurn();
    await nextTurn();
    await vi.advanceTimersByTimeAsync(10_000);

    expect(sweeps).toHaveLength(3);
    await sweeper.stop();
  });

  it("tells that the store is away as all of a worker do, and tries again", async () => {
    vi.useFakeTimers();
    const { sweeper, log } = started();

    sweeps[0]?.fail(new AdapterError("Cannot run begin-sweep: gone"));
    await vi.advanceTimersByTimeAsync(60);
    await untilBegun(2);
    sweeps[1]?.end(0);
    await nextTurn();

    expect(log.messages()).toEqual([
      "The redis store failed this worker, which keeps trying: Cannot run begin-sweep: gone",
      expect.stringMatching(/^The redis store is back after/),
    ]);
    await sweeper.stop();
  });

  it("says nothing of what it broke off", async () => {
    const { sweeper, log } = started();

    await sweeper.stop();

    expect(sweeps[0]?.signal.aborted).toBe(true);
    expect(log.messages()).toEqual([]);
  });

  it("has nothing to do for a store that nobody else writes", async () => {
    vi.useFakeTimers();
    const log = new Log();
    const sweeper = new Sweeper({ adapter: memory(), outage: new Outage("memory", log), every: 1 });

    sweeper.start();

    expect(vi.getTimerCount()).toBe(0);
    await sweeper.stop();
  });
});

/** A memory adapter that others are said to write as well. */
function swept(): Adapter {
  return Object.assign(memory(), { sweep });
}

function sweep(signal: AbortSignal): Promise<number> {
  return new Promise((end, fail) => {
    signal.addEventListener("abort", () => fail(signal.reason as Error));
    sweeps.push({ signal, end, fail });
  });
}

async function untilBegun(count: number): Promise<void> {
  while (sweeps.length < count) {
    await nextTurn();
  }
}

function started(): { sweeper: Sweeper; log: Log } {
  const log = new Log();
  const sweeper = new Sweeper({ adapter: swept(), outage: new Outage("redis", log), every: 10 });
  sweeper.start();
  return { sweeper, log };
}
