import { AssertionError } from "node:assert";
import { Command, configure, silentLogger } from "mandate";
import { assertRetried, performEnqueuedJobs, retryingJobs, useTestAdapter } from "mandate/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { BusyError } from "./commands.ts";

class Poll extends Command {
  static {
    this.retryIn((count) => 5 * (count + 1));
  }

  call() {
    throw new RangeError("not ready");
  }
}

class Push extends Command {
  static {
    this.retryOn(BusyError, { wait: "1 hour", jitter: 0 });
  }

  call() {
    throw new BusyError("busy");
  }
}

beforeEach(() => {
  configure({ logger: silentLogger });
  useTestAdapter();
});

async function failOnce(command: typeof Poll | typeof Push): Promise<void> {
  await command.defer();
  await performEnqueuedJobs().catch(() => undefined);
}

describe("retryingJobs", () => {
  it("are those that failed and come again, the earliest first", async () => {
    await failOnce(Push);
    await failOnce(Poll);

    const [first, second] = retryingJobs();

    expect([first?.className, second?.className]).toEqual(["Poll", "Push"]);
    expect(first?.record).toMatchObject({ error_class: "RangeError", error_message: "not ready" });
    expect(retryingJobs(Push).map((job) => job.id)).toEqual([second?.id]);
    expect(await first?.status()).toBe("retrying");
  });
});

describe("assertRetried", () => {
  it("finds a job by what retryIn said", async () => {
    await failOnce(Poll);

    expect(assertRetried(Poll, { in: "5 seconds", count: 1 }).className).toBe("Poll");
    expect(assertRetried("Poll")).toBeDefined();
  });

  it("finds one by what retryOn said", async () => {
    await failOnce(Push);

    assertRetried(Push, { in: "1 hour" });
    assertRetried(Push, { in: 3500, within: 101 });
  });

  it("shows what is retried instead", async () => {
    await failOnce(Poll);
    const [{ id } = { id: "" }] = retryingJobs();

    expect(() => assertRetried(Poll, { in: "10 seconds" })).toThrow(
      `Expected Poll to be retried in 10 s, found:\n  Poll ${id}, in 5 s for the 1st time`,
    );
    expect(() => assertRetried(Push)).toThrow(AssertionError);
    expect(() => assertRetried(Poll, { count: 2 })).toThrow(
      /^Expected Poll to be retried for the 2nd time, found:/,
    );
  });

  it("says so where nothing is", () => {
    expect(() => assertRetried(Poll)).toThrow(
      "Expected Poll to be retried, found no job that waits for a retry",
    );
  });

  it.each([
    [{ at: 5 }, 'Cannot use option "at" in the options of assertRetried'],
    [{ in: "5 minuets" }, 'Cannot read "5 minuets" as in of assertRetried'],
    [{ count: 0 }, "Cannot use 0 as count of assertRetried: give an integer of at least 1"],
  ])("refuses %j", (options, message) => {
    expect(() => assertRetried(Poll, options as object)).toThrow(message);
  });
});
