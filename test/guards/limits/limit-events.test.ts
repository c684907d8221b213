import {
  Command,
  configure,
  deferAll,
  MemoryAdapter,
  silentLogger,
  subscribe,
  type LimitEvent,
} from "mandate";
import { startWorker } from "mandate/worker";
import { describe, expect, it, onTestFinished } from "vitest";

class Charge extends Command.initializeWith((number: number) => ({ number })) {
  static {
    this.limitConcurrency({ to: 1, by: () => 42, group: "stripe" });
  }

  async call(): Promise<void> {
    await Promise.resolve();
  }
}

describe("the events of limits", () => {
  it("tell of jobs that are blocked, and that start", async () => {
    const adapter = new MemoryAdapter({ logger: silentLogger });
    configure({ adapter, logger: silentLogger, reloading: true });
    const told: (readonly [string, LimitEvent])[] = [];
    const finished = new Promise<void>((resolve) => {
      let left = 3;
      onTestFinished(
        subscribe({
          limit: (event) => told.push(["limit", event]),
          unlimit: (event) => told.push(["unlimit", event]),
          finish: () => {
            left -= 1;
            if (left === 0) resolve();
          },
        }),
      );
    });
    const jobs = await deferAll([1, 2, 3].map((number) => Charge.prepare(number)));
    const worker = await startWorker({ queues: ["default"], concurrency: 5 });
    await finished;
    await worker.stop();
    await adapter.close();

    const [, second, third] = jobs.map(({ id: jid }) => {
      return { jid, queue: "default", limit: "limit stripe:42" };
    });
    expect(told).toEqual([
      ["limit", second],
      ["limit", third],
      ["unlimit", second],
      ["unlimit", third],
    ]);
  });
});
