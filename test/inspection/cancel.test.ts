import {
  cancelJob,
  Command,
  configure,
  MemoryAdapter,
  queue,
  running,
  silentLogger,
} from "mandate";
import { startWorker } from "mandate/worker";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { settings } from "../../src/job/settings/settings.ts";

let begin: (signal: AbortSignal) => void;
let begun: Promise<AbortSignal>;

class Import extends Command.initializeWith((file: string) => ({ file })) {
  async call() {
    const { signal } = this;
    const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
    begin(signal);
    await aborted;
    signal.throwIfAborted();
  }
}

beforeEach(() => {
  configure({ adapter: new MemoryAdapter({ logger: silentLogger }), logger: silentLogger });
  begun = new Promise((resolve) => (begin = resolve));
});

describe("cancelJob", () => {
  it("takes a job that waits out of the way", async () => {
    const { id } = await Import.defer("a");

    expect(await cancelJob(id)).toBe(true);

    expect(await queue("default").size()).toBe(0);
    expect(await cancelJob(id)).toBe(false);
  });

  it("ends one that runs", async () => {
    const worker = await startWorker();
    onTestFinished(() => worker.stop());
    const job = await Import.defer("a");
    await begun;

    expect(await cancelJob(job.id)).toBe(true);
    await worker.drain();

    expect(await job.status()).toBe("cancelled");
  });
});

describe("cancelAll", () => {
  it("deletes the selected ones, and ends those that a worker takes meanwhile", async () => {
    const jobs = [await Import.defer("a"), await Import.defer("b"), await Import.defer("c")];
    const { adapter } = settings();
    const page = adapter.store.page.bind(adapter.store);
    let taking: ReturnType<typeof startWorker> | undefined;
    adapter.store.page = async (...args) => {
      const read = await page(...args);
      taking ??= startWorker({ concurrency: 1 });
      await begun;
      return read;
    };

    expect(await queue("default").cancelAll({ jid: jobs.slice(0, 2).map(({ id }) => id) })).toBe(2);

    adapter.store.page = page;
    const statuses = await Promise.all(jobs.map((job) => job.status()));
    expect(statuses[1]).toBe("cancelled");
    await jobs[2]!.cancel();
    await (await taking)?.drain();
    expect(await running()).toEqual([]);
    expect((await begun).reason).toMatchObject({ code: "MANDATE_JOB_CANCELLED" });
  });
});
