import { Command, configure, InvalidRecurringJobError, recurring } from "mandate";
import { Worker } from "mandate/worker";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { MemoryAdapter } from "../../src/adapters/memory/memory-adapter.ts";
import { silentLogger } from "../../src/support/logger.ts";

class Sweep extends Command {
  static {
    this.recurring("@yearly");
  }

  call(): void {}
}

describe("what code defines", () => {
  beforeAll(() => configure({ adapter: new MemoryAdapter(), logger: silentLogger }));

  it("is code's to change, while a worker knows it", async () => {
    const worker = new Worker({ queues: ["default"] });
    onTestFinished(() => worker.stop());
    await worker.start();
    const job = recurring.job("Sweep");
    await expect.poll(() => job.read().catch(() => undefined)).toBeDefined();

    await expect(job.update({ schedule: "@daily" })).rejects.toThrow(
      new InvalidRecurringJobError("Sweep", "code or a file defines it. Change it there"),
    );
    await expect(job.delete()).rejects.toThrow(
      new InvalidRecurringJobError(
        "Sweep",
        "code or a file defines it. Take it out there, or pause it",
      ),
    );
    await expect(recurring.define("Sweep", "@daily", Sweep.prepare())).rejects.toThrow(
      new InvalidRecurringJobError("Sweep", "code or a file defines it. Choose another key"),
    );
  });

  it("has a key each", async () => {
    Sweep.recurring("@monthly");
    const worker = new Worker({ queues: ["default"] });
    onTestFinished(() => worker.stop());

    await expect(worker.start()).rejects.toThrow(
      new InvalidRecurringJobError(
        "Sweep",
        "there are two of that key. Give one of them another, by the option key",
      ),
    );
  });
});
