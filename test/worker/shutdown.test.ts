import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ConfigurationError } from "../../src/support/errors.ts";
import { ShutdownError } from "../../src/worker/shutdown.ts";
import { jid, release } from "../../src/adapter-contract/jobs.ts";
import { Rig, turns } from "./running.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

async function pass(ms: number): Promise<void> {
  await turns(3);
  await vi.advanceTimersByTimeAsync(ms);
  await turns(3);
}

describe("quiet", () => {
  it("fetches no more, and lets jobs go on", async () => {
    const rig = await Rig.started({ concurrency: 2 });
    await rig.enqueue(["a"]);
    await rig.run("a");

    await rig.worker.quiet();
    await rig.enqueue(["b"]);
    await rig.end("a");
    await turns(5);

    expect(rig.begun).toEqual(["a"]);
    expect(await rig.adapter.status(jid("a"))).toBe("finished");
    expect(await rig.waiting()).toEqual(["b"]);
  });

  it("promotes no more", async () => {
    const rig = await Rig.started();
    await rig.worker.quiet();

    await rig.enqueue(["a"], { at: Date.now() / 1000 + 1 });
    await pass(5_000);

    expect(await rig.adapter.status(jid("a"))).toBe("scheduled");
  });

  it("is seen by operators", async () => {
    const rig = await Rig.started();

    await rig.worker.quiet();

    expect(await rig.adapter.store.workers()).toMatchObject([{ quiet: true, busy: 0 }]);
  });

  it("keeps a worker that was not started from fetching", async () => {
    const rig = new Rig();
    await rig.worker.quiet();

    await rig.enqueue(["a"]);
    await rig.worker.start();
    await turns(5);

    expect(rig.begun).toEqual([]);
  });
});

describe("stop", () => {
  it("waits for the running jobs and settles them", async () => {
    const rig = await Rig.started();
    await rig.enqueue(["a", "b"]);
    await rig.runs("a", "b");
    let stopped = false;

    const stopping = rig.worker.stop().then(() => {
      stopped = true;
    });
    await rig.end("a");
    await pass(20_000);
    expect(stopped).toBe(false);
    await rig.end("b");
    await stopping;

    expect(await rig.adapter.store.counters()).toEqual({ processed: 2, failed: 0 });
    expect(rig.log.troubles).toEqual([]);
  });

  it("leaves no lease, no timer and no signal aborted", async () => {
    const rig = await Rig.started({ leaseTtl: 60 });
    await rig.enqueue(["a"]);
    const { environment } = await rig.run("a");
    await rig.enqueue(["later"], { at: Date.now() / 1000 + 1_000 });
    await rig.end("a");

    await rig.worker.stop();
    await rig.adapter.close();

    expect(await rig.adapter.store.workers()).toEqual([]);
    expect(environment.signal.aborted).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("aborts what still runs after 25 seconds; how it ends within another second counts", async () => {
    const rig = await Rig.started();
    await rig.enqueue(["heeds", "finishes"]);
    const [heeds, finishes] = await rig.runs("heeds", "finishes");

    const stopped = rig.worker.stop();
    await pass(24_999);
    expect(heeds!.environment.signal.aborted).toBe(false);
    await pass(1);
    expect(heeds!.environment.signal.reason).toEqual(new ShutdownError());
    heeds!.end(release(heeds!.job));
    finishes!.end();
    await stopped;

    expect(await rig.adapter.status(jid("finishes"))).toBe("finished");
    expect(await rig.waiting()).toEqual(["heeds"]);
    expect(rig.log.troubles).toEqual(["Aborting 2 jobs still running after 25 seconds"]);
  });

  it("gives back what does not heed its signal, where it was, and ignores how it ends", async () => {
    const rig = await Rig.started({ concurrency: 2, shutdownTimeout: 5 });
    await rig.enqueue(["a", "b", "c"]);
    const [a, b] = await rig.runs("a", "b");

    const stopped = rig.worker.stop();
    await pass(6_000);
    await stopped;
    expect(await rig.waiting()).toEqual(["a", "b", "c"]);
    expect(await rig.adapter.store.counters()).toEqual({ processed: 0, failed: 0 });
    a!.end();
    b!.break(new Error("too late"));
    await turns(5);

    expect(await rig.waiting()).toEqual(["a", "b", "c"]);
    expect(rig.log.troubles).toEqual([
      "Aborting 2 jobs still running after 5 seconds",
      "Gave back 2 jobs that did not heed their signal",
      `Ignored how job ${jid("a")} of queue "default" ended ("done"): ` +
        "it had been given back, and will run again",
      expect.stringMatching(/broke down/),
      expect.stringMatching(/^Ignored how job/),
    ]);
  });

  it("aborts at once where it may take no time", async () => {
    const rig = await Rig.started({ shutdownTimeout: 0 });
    await rig.enqueue(["a"]);
    const { environment, end, job } = await rig.run("a");

    const stopped = rig.worker.stop();
    await pass(1);
    expect(environment.signal.aborted).toBe(true);
    end(release(job));
    await stopped;

    expect(await rig.waiting()).toEqual(["a"]);
  });

  it("does the same once, however often it is called", async () => {
    const rig = await Rig.started();
    const shutdowns = vi.fn<() => void>();
    rig.worker.on("shutdown", shutdowns);

    const first = rig.worker.stop();
    const second = rig.worker.stop();
    await Promise.all([first, second, rig.worker[Symbol.asyncDispose]()]);
    await rig.worker.stop();

    expect(second).toBe(first);
    expect(shutdowns).toHaveBeenCalledTimes(1);
  });

  it("ends a worker that is just starting", async () => {
    const rig = new Rig();
    await rig.enqueue(["a"]);

    const started = rig.worker.start();
    await Promise.all([started, rig.worker.stop()]);
    await turns(5);
    await rig.adapter.close();

    expect(rig.begun).toEqual([]);
    expect(await rig.adapter.store.workers()).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("may be called by a listener of its own start", async () => {
    const rig = new Rig();
    rig.worker.on("startup", () => rig.worker.stop());

    await rig.worker.start();

    expect(await rig.adapter.store.workers()).toEqual([]);
  });

  it("does nothing to a worker that was not started, which cannot be started then", async () => {
    const rig = new Rig();

    await rig.worker.stop();

    await expect(rig.worker.start()).rejects.toThrow(
      new ConfigurationError(
        "Cannot start this worker: it was stopped. Make a new Worker with the same options",
      ),
    );
  });

  it("keeps its lease while it waits for jobs", async () => {
    const rig = await Rig.started({ leaseTtl: 6 });
    await rig.enqueue(["a"]);
    await rig.run("a");

    const stopped = rig.worker.stop();
    await pass(20_000);
    expect(await rig.adapter.recover()).toEqual([]);
    await rig.end("a");
    await stopped;

    expect(await rig.adapter.status(jid("a"))).toBe("finished");
  });
});
