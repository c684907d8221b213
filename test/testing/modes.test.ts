import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { configure, MemoryAdapter, silentLogger } from "mandate";
import {
  assertEnqueuedJobs,
  disable,
  enqueuedJobs,
  fake,
  inline,
  performedJobs,
  performEnqueuedJobs,
  useTestAdapter,
} from "mandate/testing";
import { settings } from "../../src/job/settings/settings.ts";
import { Again, Fails, Flaky, forgetRuns, Note, ran, Twice } from "./commands.ts";
import { rejection } from "./rejection.ts";

const real = new MemoryAdapter({ logger: silentLogger });
configure({ logger: silentLogger, adapter: real });

beforeEach(() => {
  const used = useTestAdapter();
  onTestFinished(() => used.restore());
  forgetRuns();
});

describe("inline", () => {
  it("performs jobs when they are deferred, whenever they are due", async () => {
    inline();

    const job = await Note.defer(1, { wait: "1 day" });

    expect(ran).toEqual([1]);
    expect(await job.status()).toBe("finished");
    expect(performedJobs().map(({ id }) => id)).toEqual([job.id]);
  });

  it("performs what jobs defer, after them", async () => {
    inline();

    await Twice.defer("a");

    expect(ran).toEqual(["before a", "after a", "a"]);
  });

  it("rejects with the job's own error", async () => {
    inline();

    expect(await rejection(Fails.defer("no"))).toBe(Fails.errors[0]);
  });

  it("follows retryOn at once, and leaves requeued jobs", async () => {
    inline();

    await Flaky.defer(2);
    await Again.defer();

    expect(ran).toEqual(["flaky", "again"]);
    expect(enqueuedJobs().map(({ className }) => className)).toEqual(["Again"]);
  });

  it("performs a job behind others once these are finished", async () => {
    await fake(() => Note.defer("before", { jid: "a1" }));
    inline();

    await Note.defer("behind", { prereqJobs: ["a1"] });
    expect(ran).toEqual([]);
    await performEnqueuedJobs({ only: Note });

    expect(ran).toEqual(["before", "behind"]);
  });

  it("leaves what waited before", async () => {
    await Note.defer("before");
    inline();
    await Note.defer("inline");

    expect(ran).toEqual(["inline"]);
  });

  it("holds for a block, and gives what that returned", async () => {
    const job = await inline(() => Note.defer(1));
    await Note.defer(2);

    expect(ran).toEqual([1]);
    expect(performedJobs().map(({ id }) => id)).toEqual([job.id]);
  });

  it("holds no more when its block has failed", async () => {
    await rejection(inline(() => Promise.reject(new Error("no"))));

    await Note.defer(1);

    expect(ran).toEqual([]);
  });
});

describe("fake", () => {
  it("is what a test starts with", async () => {
    await Note.defer(1);

    expect(ran).toEqual([]);
    expect(enqueuedJobs()).toHaveLength(1);
  });

  it("ends another mode, or holds for a block in one", async () => {
    inline();
    await fake(() => Note.defer("fake"));
    await Note.defer("inline");
    fake();
    await Note.defer("fake again");

    expect(ran).toEqual(["inline"]);
  });
});

describe("disable", () => {
  it("hands jobs to the adapter that was configured", async () => {
    disable();
    const job = await Note.defer(1);
    fake();

    expect(settings().adapter).not.toBe(real);
    expect(await real.status(job.id)).toBe("enqueued");
    expect(await job.status()).toBe("enqueued");
    expect(enqueuedJobs()).toEqual([]);
  });

  it("holds for a block, and for its mode of things within", async () => {
    await disable(async () => {
      expect(settings().adapter).toBe(real);
      await assertEnqueuedJobs(1, () => inline(() => Note.defer("inline")));
      await assertEnqueuedJobs(0, () => Note.defer("real"));
    });

    expect(settings().adapter).not.toBe(real);
    expect(ran).toEqual(["inline"]);
    expect(await real.store.size({ queue: "default" })).toBeGreaterThan(0);
  });

  it("finds the adapter under several test adapters", async () => {
    using _ = useTestAdapter();
    disable();

    expect(settings().adapter).toBe(real);
  });
});

it.each([fake, inline, disable])("$name says so where there is no test adapter", (mode) => {
  useTestAdapter();
  configure({ adapter: real });

  expect(() => mode()).toThrow(
    "Cannot set a mode of testing: another adapter was configured after useTestAdapter(). " +
      "Call useTestAdapter() again, after configure()",
  );
});
