import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { clock, setLongTimeout } from "../../src/support/clock.ts";

const DAY = 86_400;

beforeEach(() => {
  vi.useFakeTimers({
    now: Date.UTC(2026, 10, 21),
    toFake: ["Date", "performance", "setTimeout", "clearTimeout"],
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("clock", () => {
  it("tells the time of day in seconds, to the millisecond", () => {
    vi.setSystemTime(1_795_298_407_125);

    expect(clock.now()).toBe(1_795_298_407.125);
  });

  it("measures in seconds what no change of the time of day moves", () => {
    const started = clock.monotonic();

    vi.advanceTimersByTime(1500);
    vi.setSystemTime(0);

    expect(clock.monotonic() - started).toBeCloseTo(1.5, 9);
  });

  it("sleeps for as long as it was told", async () => {
    const woken = vi.fn<() => void>();
    void clock.sleep(0.25).then(woken);

    await vi.advanceTimersByTimeAsync(249);
    expect(woken).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(woken).toHaveBeenCalledOnce();
  });

  it("wakes with the signal's reason, and leaves no timer and no listener", async () => {
    const controller = new AbortController();
    const removed = vi.spyOn(controller.signal, "removeEventListener");
    const slept = clock.sleep(60, controller.signal);
    const reason = new Error("shutting down");

    controller.abort(reason);

    await expect(slept).rejects.toBe(reason);
    expect(vi.getTimerCount()).toBe(0);
    expect(removed).not.toHaveBeenCalled();
  });

  it("does not go to sleep on an aborted signal", async () => {
    const reason = new Error("shut down");

    await expect(clock.sleep(60, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("takes its listener off the signal once it is over", async () => {
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, "addEventListener");
    const removed = vi.spyOn(signal, "removeEventListener");

    const slept = clock.sleep(1, signal);
    await vi.advanceTimersByTimeAsync(1000);
    await slept;

    expect(removed).toHaveBeenCalledWith("abort", added.mock.calls[0]?.[1]);
  });
});

describe("setLongTimeout", () => {
  it("waits longer than Node's timers can", () => {
    const called = vi.fn<() => void>();
    setLongTimeout(called, 60 * DAY);

    vi.advanceTimersByTime(60 * DAY * 1000 - 1);
    expect(called).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(called).toHaveBeenCalledOnce();
  });

  it("never calls early", () => {
    const called = vi.fn<() => void>();
    setLongTimeout(called, 0.0015);

    vi.advanceTimersByTime(1);
    expect(called).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(called).toHaveBeenCalledOnce();
  });

  it("calls at the next turn for a moment that is past", () => {
    const called = vi.fn<() => void>();
    setLongTimeout(called, -5);

    expect(called).not.toHaveBeenCalled();
    vi.advanceTimersByTime(0);
    expect(called).toHaveBeenCalledOnce();
  });

  it("is cancelled, in a later stretch too, any number of times", () => {
    const called = vi.fn<() => void>();
    const cancel = setLongTimeout(called, 60 * DAY);
    vi.advanceTimersByTime(30 * DAY * 1000);

    cancel();
    cancel();
    vi.advanceTimersByTime(60 * DAY * 1000);

    expect(called).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("keeps the process alive unless told not to", () => {
    vi.useRealTimers();
    const timers = vi.spyOn(globalThis, "setTimeout");

    const cancels = [setLongTimeout(() => {}, 60), setLongTimeout(() => {}, 60, { unref: true })];
    const alive = timers.mock.results.map(({ value }) => value.hasRef());
    for (const cancel of cancels) cancel();

    expect(alive).toEqual([true, false]);
  });
});
