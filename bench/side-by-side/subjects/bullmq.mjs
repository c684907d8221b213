// BullMQ. Jobs are removed when done, no QueueEvents listen, no metrics are kept; stalled jobs and locks are looked after, as
// at-least-once needs it.
import { createRequire } from "node:module";
import { Queue, Worker } from "bullmq";

export const version = createRequire(import.meta.url)("bullmq/package.json").version;
export const settings = "removeOnComplete, no QueueEvents, no metrics, one connection for adding";

const JOB = { removeOnComplete: true, removeOnFail: 1000 };

/** @param {{ url: string }} options */
export async function open({ url }) {
  const connection = { url, maxRetriesPerRequest: null };
  const queue = new Queue("default", { connection, defaultJobOptions: JOB });
  const timed = new Queue("timed", { connection, defaultJobOptions: JOB });
  await Promise.all([queue.waitUntilReady(), timed.waitUntilReady()]);
  return {
    enqueueOne: (args) => queue.add("noop", args),
    enqueueMany: (list) => queue.addBulk(list.map((data) => ({ name: "noop", data }))),
    enqueuePrioritised: (list) =>
      queue.addBulk(list.map(([data, priority]) => ({ name: "noop", data, opts: { priority } }))),
    enqueueUnique: (list) =>
      queue.addBulk(
        list.map((data) => ({ name: "noop", data, opts: { deduplication: { id: `${data[0]}` } } })),
      ),
    enqueueAt: (args, atMs) => timed.add("noop", args, { delay: Math.max(0, atMs - Date.now()) }),
    async startWorker({ concurrency, run, isTimed = false }) {
      let done = 0;
      const names = isTimed ? ["timed", "default"] : ["default"];
      const workers = names.map(
        (name) => new Worker(name, async ({ data }) => run(data), { connection, concurrency }),
      );
      workers.forEach((worker) => worker.on("completed", () => (done += 1)));
      await Promise.all(workers.map((worker) => worker.waitUntilReady()));
      return {
        acknowledged: () => done,
        stop: () => Promise.all(workers.map((worker) => worker.close())),
      };
    },
    close: () => Promise.all([queue.close(), timed.close()]),
  };
}
