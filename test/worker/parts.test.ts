import { AsyncLocalStorage } from "node:async_hooks";
import { EventEmitter, once } from "node:events";
import { configure, deferAfter, Job, MemoryAdapter, silentLogger } from "mandate";
import { Worker } from "mandate/worker";
import { describe, expect, it, onTestFinished } from "vitest";

const request = new AsyncLocalStorage<string>();
const ran = new EventEmitter();

class Look extends Job {
  perform(): void {
    ran.emit("look", request.getStore());
  }
}

/** A worker that waits for work. */
async function idleWorker(): Promise<MemoryAdapter> {
  const adapter = new MemoryAdapter({ logger: silentLogger });
  configure({ adapter, logger: silentLogger, reloading: true });
  const worker = new Worker();
  onTestFinished(() => worker.stop());
  await worker.start();
  const looked = once(ran, "look");
  await Look.performLater();
  await looked;
  await new Promise(setImmediate);
  return adapter;
}

describe("jobs in the process that enqueues them", () => {
  it("run outside of what was current where they were enqueued, due at once or later", async () => {
    await idleWorker();
    for (const wait of [0, 0.01]) {
      const looked = once(ran, "look");

      await request.run("request", () => Look.set({ wait }).performLater());

      expect(await looked).toEqual([undefined]);
    }
  });

  it("enqueue what they enqueue, whatever deferAfter woke the worker", async () => {
    const adapter = await idleWorker();
    class Deferring extends Job {
      async perform(): Promise<void> {
        await Look.performLater();
      }
    }
    const entry = Deferring.prepare().toEntry();
    const looked = once(ran, "look");

    await deferAfter(async () => {
      await adapter.enqueue([entry]);

      // It would come only after this has ended, or never.
      expect(await looked).toEqual([undefined]);
    });
  });
});
