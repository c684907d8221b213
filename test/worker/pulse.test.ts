import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Adapter } from "../../src/adapters/adapter.ts";
import { Outage } from "../../src/worker/outage.ts";
import { Pulse } from "../../src/worker/pulse.ts";
import { Log } from "./log.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("Pulse", () => {
  it("says that a store does not answer, and when it does again", async () => {
    const { log, answer } = started();
    await answer();

    await vi.advanceTimersByTimeAsync(3_000);
    await answer();

    expect(log.messages()).toEqual([
      "The redis store failed this worker, which keeps trying: The store has been asked, and has not answered for 2 seconds",
      "The redis store is back after 0.0 s",
    ]);
  });

  it("waits for one that is known to answer late", async () => {
    const { log, pulse, answer } = started();
    await vi.advanceTimersByTimeAsync(3_000);
    await answer();

    for (let times = 0; times < 3; times += 1) {
      await vi.advanceTimersByTimeAsync(4_000);
      await answer();
    }

    expect(log.messages()).toEqual([]);
    expect(pulse.answerTime).toBeCloseTo(3);
  });

  it("says nothing of an answer that fails once it has stopped", async () => {
    const { log, pulse, fail } = started();

    pulse.stop();
    await fail();

    expect(log.messages()).toEqual([]);
  });
});

/** One that has asked for the first time. */
function started(): {
  log: Log;
  pulse: Pulse;
  answer: () => Promise<void>;
  fail: () => Promise<void>;
} {
  const log = new Log();
  const asked: PromiseWithResolvers<number>[] = [];
  const adapter = {
    capabilities: { persistent: true },
    store: {
      now: () => {
        const question = withResolvers();
        asked.push(question);
        return question.promise;
      },
    },
  } as unknown as Adapter;
  const pulse = new Pulse(adapter, new Outage("redis", log));
  pulse.start();
  const settle = async (how: (question: PromiseWithResolvers<number>) => void): Promise<void> => {
    asked.splice(0).forEach(how);
    await vi.advanceTimersByTimeAsync(0);
  };
  return {
    log,
    pulse,
    answer: () => settle(({ resolve }) => resolve(0)),
    fail: () => settle(({ reject }) => reject(new Error("Connection is closed"))),
  };
}

interface PromiseWithResolvers<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: Error) => void;
}

function withResolvers(): PromiseWithResolvers<number> {
  let resolve: PromiseWithResolvers<number>["resolve"] = () => undefined;
  let reject: PromiseWithResolvers<number>["reject"] = () => undefined;
  const promise = new Promise<number>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
