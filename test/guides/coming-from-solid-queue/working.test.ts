import {
  AdapterError,
  Command,
  configure,
  deferAfter,
  Job,
  MemoryAdapter,
  silentLogger,
} from "mandate";
import { RedisAdapter } from "mandate/redis";
import { startWorker, Worker } from "mandate/worker";
import { beforeEach, expect, it, onTestFinished } from "vitest";

const done: string[] = [];
const say = (text: string) => void done.push(text);

class PublishJob extends Job {
  static {
    this.queueAs("background");
  }

  perform(post: string) {
    say(`published ${post}`);
  }
}

class RefreshJob extends Job {
  static {
    this.queueAs("real_time");
    this.queueWithPriority(10); // the smaller goes first, within a queue
  }

  perform(what: string) {
    say(`refreshed ${what}`);
  }
}

class DeliverAnnouncement extends Command.initializeWith((account: string, contactId: number) => ({
  account,
  contactId,
})) {
  static {
    this.limitConcurrency({ to: 2, by: (account) => account });
  }

  call() {
    say(`delivers to ${this.contactId}`);
  }
}

configure({ logger: silentLogger });
beforeEach(() => {
  done.length = 0;
  configure({ adapter: new MemoryAdapter() });
});

it("serves queues in their order, prefixes and priorities", async () => {
  await PublishJob.performLater("a");
  await RefreshJob.performLater("b");
  await RefreshJob.set({ priority: -5 }).performLater("dashboard");
  const worker = await startWorker({ queues: ["real_time", "staging*", "*"], concurrency: 1 });
  await worker.drain();

  expect(done).toEqual(["refreshed dashboard", "refreshed b", "published a"]);
});

it("works in the server's process", async () => {
  const environment = { JOBS_IN_SERVER: "1" };
  if (environment.JOBS_IN_SERVER) {
    const worker = await startWorker({ concurrency: 3 });
    process.once("SIGTERM", () => void worker.stop());
  }
  await PublishJob.performLater("a");
  await expect.poll(() => done).toEqual(["published a"]);
  process.emit("SIGTERM");
});

it("tells of its life", async () => {
  const openPool = () => say("open");
  const closePool = () => say("closed");
  const worker = new Worker({ queues: "*", concurrency: 3, shutdownTimeout: "5 seconds" });
  worker.on("startup", openPool); // on_worker_start
  worker.on("quiet", () => say("fetches no more"));
  worker.on("shutdown", closePool); // on_worker_stop, on_worker_exit
  await worker.start();
  await worker.stop();

  expect(done).toEqual(["open", "fetches no more", "closed"]);
});

it("rejects where the store does not answer", async () => {
  const adapter = new RedisAdapter({ url: "redis://127.0.0.1:1", logger: silentLogger });
  onTestFinished(async () => {
    configure({ enqueueTimeout: 5 });
    await adapter.close();
  });
  configure({ adapter, enqueueTimeout: 0.2 });
  const post = "a";
  const keepForLater = async (jid: string) => say(`kept ${jid}`);
  const jid = "4f1d9e848942c7b62592be4d"; // given, so that trying again makes no second job
  try {
    await PublishJob.set({ jid }).performLater(post);
  } catch (error) {
    if (!(error instanceof AdapterError)) throw error;
    await keepForLater(jid); // Redis does not answer
  }

  expect(done).toEqual([`kept ${jid}`]);
});

it("limits how many run at once by a key", async () => {
  await DeliverAnnouncement.defer("acme", 7);
  await DeliverAnnouncement.defer("acme", 8);
  await (await startWorker()).drain();

  expect(done).toEqual(["delivers to 7", "delivers to 8"]);
});

it("holds back until a commit", async () => {
  const database = { transaction: async <Output>(work: () => Promise<Output>) => work() };
  await deferAfter(() =>
    database.transaction(async () => {
      await PublishJob.performLater("a"); // enqueued once this is committed, dropped when it is not
    }),
  );
  await (await startWorker()).drain();

  expect(done).toEqual(["published a"]);
});
