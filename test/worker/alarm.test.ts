import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Alarm } from "../../src/worker/alarm.ts";

const START = 1_800_000_000;

beforeEach(() => {
  vi.useFakeTimers({ now: START * 1000 });
});

afterEach(() => {
  vi.useRealTimers();
});

/** The milliseconds after which an alarm that is set so rings. */
function ringsAfter(at: number): number {
  let rang: number | undefined;
  const alarm = new Alarm(() => {
    rang = Date.now() - START * 1000;
  });
  alarm.set(at);
  vi.runAllTimers();
  return rang!;
}

describe("Alarm", () => {
  it.each([
    ["a millisecond", 0.001],
    ["a quarter of a second", 0.25],
    ["a minute", 60],
    ["a day", 86_400],
  ])("rings after %s, to the millisecond", (_what, seconds) => {
    expect(ringsAfter(START + seconds)).toBe(seconds * 1000);
  });

  it("does not ring too early by a fraction of a millisecond", () => {
    expect(ringsAfter(START + 0.0104)).toBe(11);
  });

  it("does not ring at once for a time that no timer of Node's can hold", () => {
    const ring = vi.fn<() => void>();
    new Alarm(ring).set(START + 30 * 86_400);

    vi.advanceTimersByTime(60_000);
    expect(ring).not.toHaveBeenCalled();
    vi.setSystemTime((START + 30 * 86_400) * 1000);
    vi.advanceTimersByTime(10_000);

    expect(ring).toHaveBeenCalledTimes(1);
  });

  it("rings once for a time that has passed", () => {
    expect(ringsAfter(START - 5)).toBeLessThanOrEqual(1);
  });

  it("has one timer, however often it is set", () => {
    const alarm = new Alarm(() => undefined);

    alarm.set(START + 60);
    alarm.set(START + 5);

    expect(vi.getTimerCount()).toBe(1);
  });

  it("never rings, and has no timer, when it is set to never", () => {
    const alarm = new Alarm(() => undefined);
    alarm.set(START + 60);

    alarm.set(Infinity);

    expect(vi.getTimerCount()).toBe(0);
  });

  it("notices within 10 seconds that the clock was set forward", () => {
    const ring = vi.fn<() => void>();
    new Alarm(ring).set(START + 3_600);

    vi.setSystemTime((START + 3_600) * 1000);
    vi.advanceTimersByTime(10_000);

    expect(ring).toHaveBeenCalledTimes(1);
  });

  it("waits longer when the clock was set back", () => {
    const ring = vi.fn<() => void>();
    new Alarm(ring).set(START + 5);

    vi.setSystemTime((START - 3_600) * 1000);
    vi.advanceTimersByTime(3_604_000);
    expect(ring).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);

    expect(ring).toHaveBeenCalledTimes(1);
  });
});
