import { once } from "node:events";
import {
  cancelJob,
  configure,
  deadSet,
  errors,
  Job,
  jobs,
  MemoryAdapter,
  processes,
  profiles,
  queue,
  queues,
  quietProcess,
  retrySet,
  running,
  scheduledSet,
  silentLogger,
  stats,
  stopProcess,
} from "mandate";
import { startWorker, Worker } from "mandate/worker";
import { beforeEach, expect, it } from "vitest";

let isBroken = true;
const done: string[] = [];
const openPool = () => void done.push("pool opened");
const closePool = () => void done.push("pool closed");

class PayJob extends Job {
  static {
    this.queueAs("payments");
  }

  perform(order: string) {
    if (isBroken) throw new RangeError("no bank");
    done.push(order);
  }
}

class DeadJob extends Job {
  static {
    this.retry(0);
  }

  perform() {
    if (isBroken) throw new Error("dead");
    done.push("revived");
  }
}

class CrawlJob extends Job {
  async perform(pages: string[]) {
    for (const page of pages) {
      this.signal.throwIfAborted(); // then the job goes back, with no attempt spent
      await crawl(page, this.signal); // fetch and others take it, too
    }
  }
}
let isSlow = true;
const crawl = async (page: string, signal: AbortSignal) => {
  done.push(page);
  if (isSlow) await once(signal, "abort");
};

configure({ logger: silentLogger });
beforeEach(() => {
  done.length = 0;
  isBroken = true;
  configure({ adapter: new MemoryAdapter() });
});

it("looks at queues", async () => {
  const job = await PayJob.performAsync("order 1");
  const jid = job.id;
  await PayJob.performAsync("order 2");
  const payments = queue("payments");
  console.log(await payments.size(), await payments.latency());
  await payments.pause();
  await payments.resume();
  for await (const each of payments.each()) console.log(each.className, each.arguments, each.id);
  await (await payments.find(jid))?.delete();
  console.log(await payments.deleteAll({ command: "PayJob", argument: "order 2" }));
  await payments.clear();
  console.log((await queues()).map(({ name }) => name));

  expect(await stats()).toMatchObject({ enqueued: 0 });
});

it("looks at sets, and runs again", async () => {
  await PayJob.performAsync("order 1");
  await DeadJob.performAsync();
  const late = await PayJob.performIn("1 day", "order 2");
  const jid = late.id;
  await (await startWorker()).drain({ dueWithin: 0 });
  isBroken = false;
  expect(await stats()).toMatchObject({ retry: 1, dead: 1, scheduled: 1, failed: 2 });
  for await (const each of scheduledSet()) console.log(each.className, each.at);
  await (await scheduledSet().find(jid))?.retry(); // now
  await retrySet().retryAll();
  for await (const each of deadSet().each({ command: "DeadJob" })) await each.retry();
  await deadSet().clear();
  const worker = await startWorker();
  await worker.drain();

  expect(done.toSorted()).toEqual(["order 1", "order 2", "revived"]);
});

it("looks for jobs, and groups what fails", async () => {
  await PayJob.performAsync("order 1");
  const { id: jid } = await PayJob.performIn("1 day", "order 1");
  await (await startWorker()).drain({ dueWithin: 0 });
  for await (const { place, entry } of jobs({ command: "PayJob", argument: "order 1" })) {
    console.log(place, entry.id, entry.tags);
  }
  for (const { className, errorClass, count } of await errors()) {
    console.log(className, errorClass, count);
  }
  await cancelJob(jid);

  expect(await stats()).toMatchObject({ scheduled: 0, retry: 1 });
});

it("looks at processes", async () => {
  const worker = await startWorker({ queues: ["payments"] });
  const { processed, failed, enqueued, retry, dead, defaultQueueLatency } = await stats();
  console.log({ processed, failed, enqueued, retry, dead, defaultQueueLatency });
  for (const { identity, concurrency, busy, quiet } of await processes()) {
    console.log(identity, concurrency, busy, quiet);
    await quietProcess(identity);
    await stopProcess(identity);
  }
  for (const job of await running()) console.log(job.className, job.startedAt, job.identity);

  await expect.poll(() => processes()).toEqual([]);
  await worker.stop();
});

it("works in any process, and tells of its life", async () => {
  isBroken = false;
  const worker = new Worker({
    queues: [
      ["payments", 6],
      ["default", 1],
    ],
    concurrency: 5,
  });
  worker.on("startup", openPool);
  worker.on("shutdown", closePool);
  await worker.start();
  const single = new Worker({ queues: ["exports"], concurrency: 1 }); // a capsule
  await single.start();
  await PayJob.performAsync("order 1");
  await expect.poll(() => done).toContain("order 1");
  await worker.stop();
  await single.stop();

  expect(done).toEqual(["pool opened", "order 1", "pool closed"]);
});

it("hears that it shall end", async () => {
  const job = await CrawlJob.performAsync(["a", "b"]);
  const worker = await startWorker({ shutdownTimeout: 0 });
  await expect.poll(() => done).toEqual(["a"]);
  await worker.stop();
  expect([await job.status(), (await stats()).failed]).toEqual(["enqueued", 0]);

  isSlow = false;
  await (await startWorker()).drain();
  expect(done).toEqual(["a", "a", "b"]);
});

it("profiles", async () => {
  isBroken = false;
  await PayJob.set({ profile: "slow-payment" }).performAsync("order 1");
  await (await startWorker()).drain();

  expect((await profiles()).map(({ name }) => name)).toEqual(["slow-payment"]);
});
