import { describe, expect, it, vi } from "vitest";
import { ConfigurationError, configure, consoleLogger, MemoryAdapter, silentLogger } from "mandate";
import * as testing from "mandate/testing";
import {
  assertEnqueuedJobs,
  assertEnqueuedWith,
  clearJobs,
  enqueuedJobs,
  performedJobs,
  performEnqueuedJobs,
  useTestAdapter,
} from "mandate/testing";
import { settings } from "../../src/job/settings/settings.ts";
import { startWorker } from "../../src/worker/worker.ts";
import { forgetRuns, Note, ran } from "./commands.ts";

const real = new MemoryAdapter({ logger: silentLogger });
configure({ logger: silentLogger, adapter: real });

describe("useTestAdapter", () => {
  it("puts a fresh adapter in place, and the former one back", async () => {
    const used = useTestAdapter();
    await Note.defer(1);
    expect(settings().adapter.name).toBe("test");

    used.restore();

    expect(settings().adapter).toBe(real);
    expect(Object.hasOwn(settings(), "adapter")).toBe(false);
    expect(await real.store.queueNames()).toEqual([]);
  });

  it("starts anew each time", async () => {
    using _ = useTestAdapter();
    await Note.defer(1);
    using __ = useTestAdapter();

    expect(enqueuedJobs()).toEqual([]);
  });

  it("is undone at the end of a block that uses it", async () => {
    using _ = useTestAdapter();
    await Note.defer(1);
    {
      using __ = useTestAdapter();
      expect(enqueuedJobs()).toEqual([]);
    }

    await assertEnqueuedJobs(1);
  });

  it("is undone together with all that came after it, and once", async () => {
    const first = useTestAdapter();
    const second = useTestAdapter();

    first.restore();
    expect(settings().adapter).toBe(real);
    second.restore();
    first.restore();

    expect(settings().adapter).toBe(real);
  });

  it("gives way to an adapter that is configured later", async () => {
    const used = useTestAdapter();
    const other = new MemoryAdapter({ logger: silentLogger });
    configure({ adapter: other });
    expect(settings().adapter).toBe(other);

    used.restore();

    expect(settings().adapter).toBe(real);
  });

  it("makes no default adapter", () => {
    const underlying = vi.spyOn(
      Object.getPrototypeOf(settings()) as object,
      "adapter" as never,
      "get",
    );

    using _ = useTestAdapter();
    enqueuedJobs();

    expect(underlying).not.toHaveBeenCalled();
    underlying.mockRestore();
  });

  it("leaves no timer, no listener and no word behind", async () => {
    vi.useFakeTimers();
    const listeners = process.listenerCount("exit");
    const written = vi.spyOn(process.stderr, "write");
    configure({ logger: consoleLogger() });
    {
      using _ = useTestAdapter();
      await Note.defer(1);
      await Note.defer(2, { wait: 60 });
      await vi.advanceTimersByTimeAsync(100_000);

      expect(vi.getTimerCount()).toBe(0);
      expect(process.listenerCount("exit")).toBe(listeners);
    }
    expect(written).not.toHaveBeenCalled();
    vi.useRealTimers();
    written.mockRestore();
    configure({ logger: silentLogger });
  });

  it("has jobs that a worker can work on", async () => {
    using _ = useTestAdapter();
    forgetRuns();
    await Note.defer("by a worker");

    const worker = await startWorker();
    await worker.drain();

    expect(ran).toEqual(["by a worker"]);
    expect(enqueuedJobs()).toEqual([]);
  });
});

describe("without a test adapter", () => {
  it.each([
    ["perform jobs", () => performEnqueuedJobs()],
    ["perform jobs", () => performEnqueuedJobs(() => {})],
    ["look at enqueued jobs", () => enqueuedJobs()],
    ["look at enqueued jobs", () => assertEnqueuedJobs(0)],
    ["look at what a block enqueues", () => assertEnqueuedJobs(0, () => {})],
    ["look at enqueued jobs", () => assertEnqueuedWith({ command: Note })],
    ["look at performed jobs", () => performedJobs()],
    ["look at performed jobs", () => testing.assertPerformedJobs(0)],
    ["look at performed jobs", () => testing.assertPerformedWith({ command: Note })],
    ["clear jobs", () => clearJobs()],
    ["set a mode of testing", () => testing.inline()],
  ])("nothing can %s", async (deed, call) => {
    const error: unknown = await Promise.resolve()
      .then(call)
      .catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as Error).message).toBe(
      `Cannot ${deed}: no test adapter is in use. Call useTestAdapter() from mandate/testing ` +
        "before, in beforeEach or at the top of the test file",
    );
  });
});
