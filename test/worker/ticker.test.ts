import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Ticker } from "../../src/worker/ticker.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("Ticker", () => {
  it("calls after each such time", async () => {
    const call = vi.fn<() => void>();
    const ticker = new Ticker(10, call);

    ticker.start();
    await vi.advanceTimersByTimeAsync(30_000);

    expect(call).toHaveBeenCalledTimes(3);
    ticker.stop();
  });

  it("waits for a call to end", async () => {
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const call = vi.fn<() => Promise<void>>(() => ended);
    const ticker = new Ticker(10, call);
    ticker.start();

    await vi.advanceTimersByTimeAsync(60_000);
    expect(call).toHaveBeenCalledTimes(1);
    end();
    await vi.advanceTimersByTimeAsync(10_000);

    expect(call).toHaveBeenCalledTimes(2);
    ticker.stop();
  });

  it("leaves no timer when it is stopped, also within a call", async () => {
    const ticker: Ticker = new Ticker(10, () => ticker.stop());
    ticker.start();

    await vi.advanceTimersByTimeAsync(10_000);

    expect(vi.getTimerCount()).toBe(0);
  });

  it("goes on once when it is stopped and started within a call", async () => {
    const ticker: Ticker = new Ticker(10, () => {
      ticker.stop();
      ticker.start();
    });
    ticker.start();

    await vi.advanceTimersByTimeAsync(10_000);

    expect(vi.getTimerCount()).toBe(1);
    ticker.stop();
  });
});
