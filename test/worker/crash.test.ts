import { once } from "node:events";
import { Command, configure } from "mandate";
import { Worker } from "mandate/worker";
import { beforeEach, describe, expect, it } from "vitest";
import { MemoryAdapter } from "../../src/adapters/memory/memory-adapter.ts";
import { silentLogger } from "../../src/support/logger.ts";

let worker: Worker;
let waiting: EventTarget;

class Wait extends Command {
  async call(): Promise<void> {
    waiting.dispatchEvent(new Event("wait"));
    await new Promise(() => undefined);
  }
}

class Crash extends Command {
  async call(): Promise<void> {
    void worker.crash(new RangeError("Nobody caught this"));
    await new Promise(() => undefined);
  }
}

beforeEach(() => {
  waiting = new EventTarget();
  configure({ adapter: new MemoryAdapter(), logger: silentLogger });
});

describe("crash", () => {
  it("fails the job that called it, and gives back the others", async () => {
    worker = new Worker();
    await worker.start();
    const other = await Wait.defer();
    await once(waiting, "wait");

    const job = await Crash.defer();
    await expect.poll(() => job.status()).toBe("retrying");
    await worker.stop();

    expect(await other.status()).toBe("enqueued");
  });

  it("waits no longer than a second for handlers, and leaves the job to the lease then", async () => {
    const errorHandlers = [() => new Promise(() => undefined)];
    worker = new Worker({ errorHandlers });
    await worker.start();
    const other = await Wait.defer();
    await once(waiting, "wait");

    const job = await Crash.defer();
    await expect.poll(() => other.status()).toBe("enqueued");
    await worker.stop();

    expect(await job.status()).toBe("running");
  });

  it("does nothing to a worker that was not started", async () => {
    worker = new Worker();

    await worker.crash(new RangeError("Nobody caught this"));

    await expect(worker.start()).rejects.toThrow("Cannot start this worker: it was stopped");
  });
});
