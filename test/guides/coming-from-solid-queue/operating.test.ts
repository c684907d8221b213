import {
  configure,
  deadSet,
  finishedSet,
  Job,
  jobs,
  MemoryAdapter,
  queue,
  queues,
  retrySet,
  silentLogger,
  stats,
} from "mandate";
import { startWorker } from "mandate/worker";
import { beforeEach, expect, it } from "vitest";

let isBroken = true;
const told: string[] = [];
const errorReporter = { report: (error: unknown) => void told.push(String(error)) };

class SomeJob extends Job {
  static {
    this.retry(0); // Solid Queue's way: no retries but those of retryOn; a failed job waits for a person
    this.keepFinished("1 day"); // preserve_finished_jobs, clear_finished_jobs_after
  }

  perform(_what: string) {
    if (isBroken) throw new Error("broken");
  }
}

configure({
  jobOptions: { retry: 0 },
  keepFinished: "1 day",
  errorHandlers: [(error) => errorReporter.report(error)],
});

class OtherJob extends Job {
  perform() {
    throw new RangeError("other");
  }
}

configure({ logger: silentLogger });
beforeEach(() => {
  isBroken = true;
  configure({ adapter: new MemoryAdapter() });
});

it("fails, and is run again", async () => {
  await SomeJob.performLater("a");
  await SomeJob.performLater("b");
  await OtherJob.performLater();
  await (await startWorker()).drain();
  expect(await stats()).toMatchObject({ dead: 3, retry: 0 });
  expect(told).toContain("RangeError: other");
  isBroken = false;
  for await (const job of deadSet().each({ command: "SomeJob" })) {
    console.log(job.id, job.arguments, job.errorClass, job.errorMessage, job.at);
  }
  await deadSet().retryAll({ command: "SomeJob", argument: "a" });
  await deadSet().deleteAll({ errorClass: RangeError });
  await (await startWorker()).drain();
  expect(await stats()).toMatchObject({ dead: 1, finished: 1 });
  for await (const job of finishedSet().each({ command: SomeJob })) {
    console.log(job.id, job.startedAt, job.duration);
  }
  await finishedSet().deleteAll({ olderThan: "1 day" });
  expect(await finishedSet().size()).toBe(1);
});

it("has Mission Control's operations", async () => {
  await SomeJob.set({ queue: "background" }).performLater("a");
  await SomeJob.performLater("b");
  for (const { name } of await queues()) console.log(name, await queue(name).size());
  await queue("background").pause();
  console.log(await queue("background").isPaused());
  await queue("background").resume();
  for await (const { place, entry } of jobs({ command: "SomeJob" }, { places: ["queue"] })) {
    console.log(place, entry.id, entry.arguments);
  }
  await queue("background").deleteAll({ command: "SomeJob" });
  await retrySet().retryAll();

  expect(await stats()).toMatchObject({ enqueued: 1 });
});
