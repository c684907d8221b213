import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Outage, pause } from "../../src/worker/outage.ts";
import { Log } from "./log.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("Outage", () => {
  it("waits twice as long after each failure, and a second at most", () => {
    const outage = new Outage("memory", new Log());

    const waits = Array.from({ length: 7 }, () => outage.failed("exchange", new Error("away")));

    expect(waits).toEqual([0.05, 0.1, 0.2, 0.4, 0.8, 1, 1]);
  });

  it("waits for each part by itself", () => {
    const outage = new Outage("memory", new Log());
    outage.failed("exchange", new Error("away"));

    expect(outage.failed("promotion", new Error("away"))).toBe(0.05);
  });

  it("starts again with short waits once a part was answered", () => {
    const outage = new Outage("memory", new Log());
    outage.failed("exchange", new Error("away"));
    outage.failed("exchange", new Error("away"));

    outage.over("exchange");

    expect(outage.failed("exchange", new Error("away"))).toBe(0.05);
  });

  it("logs once when it begins and once when its last part is served again", () => {
    const log = new Log();
    const outage = new Outage("memory", log);

    outage.failed("exchange", new Error("no route"));
    outage.failed("promotion", new Error("no route"));
    outage.failed("exchange", new Error("no route"));
    outage.over("exchange");
    vi.advanceTimersByTime(2_500);
    outage.over("promotion");

    expect(log.lines.map(({ level, message }) => [level, message])).toEqual([
      ["error", "The memory store failed this worker, which keeps trying: no route"],
      ["info", "The memory store is back after 2.5 s"],
    ]);
    expect(log.lines[0]!.fields).toEqual({
      err: new Error("no route"),
      store: "memory",
      part: "exchange",
    });
  });

  it("says nothing of answers while there is no outage", () => {
    const log = new Log();

    new Outage("memory", log).over("exchange");

    expect(log.lines).toEqual([]);
  });

  it("shows what was thrown that is no error", () => {
    const log = new Log();

    new Outage("memory", log).failed("exchange", "no route");

    expect(log.troubles[0]).toMatch(/keeps trying: no route$/);
  });
});

describe("pause", () => {
  it("ends at once when its signal is aborted, and leaves no timer", async () => {
    const controller = new AbortController();
    const paused = pause(60, controller.signal);

    controller.abort();
    await paused;

    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends after its time", async () => {
    const paused = pause(1, new AbortController().signal);

    await vi.advanceTimersByTimeAsync(1_000);

    await expect(paused).resolves.toBeUndefined();
  });
});
