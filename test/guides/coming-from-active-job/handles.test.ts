import { Command, configure, Job, MemoryAdapter, silentLogger } from "mandate";
import { RedisAdapter } from "mandate/redis";
import { assertRetried, performEnqueuedJobs, useTestAdapter } from "mandate/testing";
import { startWorker } from "mandate/worker";
import { beforeEach, expect, it } from "vitest";

const errorHandlers = [(error: unknown) => void error];

class X extends Command {
  static {
    this.retry(0);
  }

  call() {
    if (this.job !== undefined) this.requeueJob("5 minutes");
    return "called";
  }
}

class Late extends Job {
  static {
    this.retryIn(() => "5 seconds");
  }

  perform() {
    throw new Error("late");
  }
}

const orders = { in: async (year: number) => [year * 10 + 1, year * 10 + 2] };
class GenerateExportJob extends Job {
  static {
    this.keepResult("1 day");
  }

  async perform(year: number) {
    const found = await orders.in(year);
    for (const index of found.keys()) this.progress(index + 1, found.length);
    return { path: `exports/${year}.csv` };
  }
}

it("keeps results", async () => {
  configure({ adapter: new MemoryAdapter(), logger: silentLogger });
  const worker = await startWorker();
  const job = await GenerateExportJob.performLater(2025);
  const { path } = await job.result({ timeout: "10 seconds" });
  console.log(path, await job.progress());
  await worker.stop();

  expect(path).toBe("exports/2025.csv");
});

beforeEach(() => {
  useTestAdapter();
});

it("calls inline, and puts itself back", async () => {
  expect(X.call()).toBe("called");
  const job = await X.defer();
  await performEnqueuedJobs();

  expect(await job.status()).toBe("scheduled");
});

it("waits for its retry", async () => {
  await Late.performLater();
  await performEnqueuedJobs().catch(() => undefined);
  const retried = (X: typeof Late) => assertRetried(X, { in: "5 seconds" });

  expect(retried(Late).className).toBe("Late");
});

it("works in the same process", async () => {
  const worker = await startWorker();
  await worker.stop();
  const url = "redis://127.0.0.1:1";

  expect(new RedisAdapter({ url }).capabilities.persistent).toBe(true);
  expect(() => configure({ errorHandlers })).not.toThrow();
});
