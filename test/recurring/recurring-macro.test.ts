import {
  Command,
  configure,
  currentJob,
  InvalidRecurringJobError,
  InvalidScheduleError,
  recurring,
  UnknownOptionError,
} from "mandate";
import { Worker } from "mandate/worker";
import { describe, expect, it, onTestFinished } from "vitest";
import { MemoryAdapter } from "../../src/adapters/memory/memory-adapter.ts";
import { silentLogger } from "../../src/support/logger.ts";

const ran: (string | Date)[] = [];

class SendDigest extends Command.initializeWith((kind = "daily") => ({ kind })) {
  static {
    this.recurring("every second", { tags: ["mail"] });
    this.recurring("* * * * * *", { key: "weekly-digest", args: ["weekly"], overlap: "skip" });
  }

  call(): void {
    ran.push(this.kind, currentJob()?.recurring?.scheduledAt ?? "none");
  }
}

/** A schedule is its class's own. */
class SendSpecialDigest extends SendDigest {}

class Greet extends Command.initializeWith((name: string) => ({ name })) {
  call(): void {}
}

describe("this.recurring", () => {
  it("has workers enqueue a class's jobs, each with its arguments", async () => {
    const adapter = new MemoryAdapter();
    configure({ adapter, logger: silentLogger });
    const worker = new Worker({ concurrency: 2, queues: ["default"] });
    onTestFinished(() => worker.stop());

    await worker.start();
    await expect.poll(() => ran.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(8);

    expect(ran).toContain("daily");
    expect(ran).toContain("weekly");
    expect(
      ran.filter((each) => each instanceof Date).map((at) => at.getTime() % 1000),
    ).not.toContain(1);
    const keys: string[] = [];
    for await (const job of recurring.jobs()) keys.push(`${job.key} ${job.className}`);
    expect(keys.toSorted()).toEqual(["SendDigest SendDigest", "weekly-digest SendDigest"]);
    expect(new SendSpecialDigest("x").kind).toBe("x");
  });

  it("refuses a schedule that is none, where it is declared", () => {
    expect(() => Greet.recurring("every now and then", { args: ["Ann"] })).toThrow(
      InvalidScheduleError,
    );
  });

  it("refuses an option that it does not have", () => {
    // @ts-expect-error there is no such option
    expect(() => Greet.recurring("@daily", { args: ["Ann"], arg: 1 })).toThrow(UnknownOptionError);
    expect(() => Greet.recurring("@daily", { args: "Ann" as never })).toThrow(
      new InvalidRecurringJobError(
        "Greet",
        "its args must be an array, found a string. Write args: [42]",
      ),
    );
  });

  it("wants the arguments that a class needs, of their types", () => {
    expect(() => {
      // @ts-expect-error args are missing
      Greet.recurring("no schedule");
      // @ts-expect-error a number is no name
      Greet.recurring("no schedule", { args: [1] });
    }).toThrow(InvalidScheduleError);
  });
});
