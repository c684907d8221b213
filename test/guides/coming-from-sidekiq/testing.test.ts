import { configure, Job, retrySet, silentLogger } from "mandate";
import {
  assertRetried,
  clearJobs,
  drainEnqueuedJobs,
  enqueuedJobs,
  fake,
  inline,
  performEnqueuedJobs,
  useTestAdapter,
} from "mandate/testing";
import { startWorker } from "mandate/worker";
import { beforeEach, expect, it } from "vitest";

const done: string[] = [];

class HardJob extends Job {
  async perform(name: string) {
    done.push(name);
    if (name === "parent") await HardJob.performAsync("child");
    if (name === "flaky") throw new Error("try again");
  }
}

configure({ logger: silentLogger });
beforeEach(() => void (done.length = 0));

beforeEach(() => {
  useTestAdapter(); // jobs are kept, and nothing runs: as by fake!
});

it("enqueues a job", async () => {
  await HardJob.performAsync("bob");

  expect(HardJob.jobs.size).toBe(1);
  expect(HardJob.jobs[0]?.arguments).toEqual(["bob"]);
});

it("works hard", async () => {
  await HardJob.performAsync("bob");
  await HardJob.jobs.drain();

  expect(done).toEqual(["bob"]);
});

it("runs at once", async () => {
  await inline(async () => {
    await HardJob.performAsync("bob"); // has run
  });

  expect(done).toEqual(["bob"]);
});

it("drains", async () => {
  await HardJob.performAsync("parent");
  await HardJob.jobs.performOne();
  await HardJob.jobs.drain();
  await drainEnqueuedJobs();
  HardJob.jobs.clear();
  clearJobs();

  expect(done).toEqual(["parent", "child"]);
});

it("changes the mode, and looks at queues", async () => {
  inline();
  await HardJob.performAsync("bob");
  fake();
  await HardJob.performAsync("eve");

  expect(done).toEqual(["bob"]);
  expect(enqueuedJobs({ queue: "default" })).toHaveLength(1);
  expect(await new HardJob().perform("ann")).toBeUndefined();
});

it("comes again", async () => {
  await HardJob.performAsync("flaky");
  await performEnqueuedJobs().catch(() => undefined); // it rejects with what the job threw

  assertRetried(HardJob, { count: 1 });
  await retrySet().retryAll();
  await (await startWorker()).drain({ dueWithin: 0 }); // runs it again
  assertRetried(HardJob, { count: 1 }); // a retry by hand costs none
});
