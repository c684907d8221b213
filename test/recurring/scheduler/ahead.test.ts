import { afterEach, beforeEach, expect, it, onTestFinished, vi } from "vitest";
import type { JobRecord } from "../../../src/adapters/job-record.ts";
import { MemoryAdapter } from "../../../src/adapters/memory/memory-adapter.ts";
import { Command, configure } from "../../../src/index.ts";
import { define } from "../../../src/recurring/definition.ts";
import type { RecurringOptions } from "../../../src/recurring/recurring-options.ts";
import { recurring } from "../../../src/recurring/recurring.ts";
import { Claims } from "../../../src/recurring/scheduler/claims.ts";
import { PlannedJobs } from "../../../src/recurring/scheduler/planned-jobs.ts";
import { RecurringScheduler } from "../../../src/recurring/scheduler/recurring-scheduler.ts";
import type { StoredRun } from "../../../src/recurring/store/stored-run.ts";
import { silentLogger } from "../../../src/support/logger.ts";

class Digest extends Command.initializeWith((kind: string) => ({ kind })) {
  call(): void {}
}

let adapter: MemoryAdapter;

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-03-02T07:59:30Z") });
  adapter = new MemoryAdapter();
  configure({ adapter, logger: silentLogger });
});

afterEach(() => {
  vi.useRealTimers();
});

it("makes the next claim of its own before it is due, and drops it where another comes first", () => {
  const { jobs, claims } = planned();
  claims.prepare(59.9);
  expect(jobs.active("a")?.ready).toBeUndefined();

  claims.prepare(60);
  const ready = jobs.active("a")?.ready;
  jobs.hear("a", { worker: "other", after: 60 });

  expect(ready).toMatchObject({ stored: { after: 60 }, given: { version: 1, note: "me 60" } });
  expect(jobs.active("a")?.ready).toBeUndefined();
});

it("makes none ahead where it depends on how the last one fares, or another is the first to try", () => {
  const { jobs, claims } = planned({ overlap: "skip" }, [[0, 0]]);
  claims.prepare(60);
  expect(jobs.active("a")?.ready).toBeUndefined();

  const others = planned();
  others.jobs.hear("a", { worker: "other", after: 60 });
  others.claims.prepare(120);
  expect(others.jobs.active("a")?.ready).toBeUndefined();
});

it("goes by what was changed in the last moment", async () => {
  await started();
  for (const key of ["again", "paused", "deleted", "moved"]) {
    await recurring.define(key, "* * * * *", Digest.prepare("before"));
  }
  await pass(29.9);

  await recurring.define("again", "* * * * *", Digest.prepare("after"));
  await recurring.job("paused").pause();
  await recurring.job("deleted").delete();
  await recurring.job("moved").update({ schedule: "1 * * * *" });
  await pass(1);

  expect((await records()).map(({ args }) => args)).toEqual([["Digest", "after"]]);
});

it("says when it claimed what was late", async () => {
  await started();
  await recurring.define("a", "* * * * *", Digest.prepare("daily"));
  await pass(29.9);

  vi.spyOn(adapter, "enqueue").mockRejectedValueOnce(new Error("The store is away"));
  await pass(2);

  const [run] = await recurring.job("a").history();
  const due = Date.parse("2026-03-02T08:00:00Z");
  expect(run?.scheduledAt.getTime()).toBe(due);
  expect(run?.claimedAt.getTime()).toBeGreaterThanOrEqual(due + 1_000);
});

it("asks a slow store for its time while nothing is due, and not behind claims", async () => {
  const asked: number[] = [];
  vi.spyOn(adapter.store, "now").mockImplementation(async () => {
    asked.push(Date.now());
    await new Promise((resolve) => setTimeout(resolve, 5));
    return Date.now() / 1000;
  });
  await started();
  await pass(1);
  const defined = recurring.define("a", "* * * * *", Digest.prepare("daily"));
  await pass(1);
  await defined;
  asked.length = 0;

  await pass(60);

  const due = Date.parse("2026-03-02T08:00:00Z");
  expect(await records()).toHaveLength(1);
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((time) => time >= due && time < due + 100)).toEqual([]);
});

it("leaves alone what cannot be made, until it is due", () => {
  const { jobs, claims } = planned({}, [], "no JSON");

  claims.prepare(60);

  expect(jobs.active("a")?.ready).toBeUndefined();
});

function planned(
  options: RecurringOptions = {},
  runs: readonly StoredRun[] = [],
  payload?: string,
): { jobs: PlannedJobs; claims: Claims } {
  const jobs = new PlannedJobs({ living: () => [], logger: silentLogger });
  const { documents } = adapter;
  const claims = new Claims(
    { adapter, documents, logger: silentLogger, worker: "me", timeout: 5 },
    { jobs, clock: { now: () => 0 } },
  );
  const job = Digest.prepare("daily");
  const defined = define("a", "* * * * *", job, { timeZone: "UTC", ...options });
  const own = { ...defined, payload: payload ?? defined.payload };
  jobs.take({ key: "a", version: 1, stored: { own, schedule: own.schedule, after: 0, runs } });
  return { jobs, claims };
}

async function started(): Promise<void> {
  const scheduler = new RecurringScheduler({
    adapter,
    documents: adapter.documents,
    logger: silentLogger,
    definitions: [],
    worker: "me",
    timeout: 5,
  });
  scheduler.start();
  onTestFinished(() => scheduler.stop());
  await pass(0);
}

async function pass(seconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(seconds * 1000);
}

async function records(): Promise<JobRecord[]> {
  const { jobs } = await adapter.store.page({ queue: "default" }, undefined, 1_000);
  return jobs.map(({ payload }) => JSON.parse(payload) as JobRecord);
}
