// bee-queue, tuned: no events through Redis, no jobs kept in memory or when done.
import { createRequire } from "node:module";
import Queue from "bee-queue";

export const version = createRequire(import.meta.url)("bee-queue/package.json").version;
export const settings =
  "removeOnSuccess, no sendEvents, no getEvents, no storeJobs; activateDelayedJobs only where jobs are scheduled";

/** @param {{ url: string }} options */
export async function open({ url }) {
  const common = {
    redis: { url },
    removeOnSuccess: true,
    sendEvents: false,
    getEvents: false,
    storeJobs: false,
  };
  const queue = new Queue("default", { ...common, isWorker: false });
  const timed = new Queue("timed", { ...common, isWorker: false, activateDelayedJobs: true });
  await Promise.all([queue.ready(), timed.ready()]);
  return {
    enqueueOne: (args) => queue.createJob(args).save(),
    enqueueMany: (list) => queue.saveAll(list.map((args) => queue.createJob(args))),
    enqueueAt: (args, atMs) => timed.createJob(args).delayUntil(Math.round(atMs)).save(),
    async startWorker({ concurrency, run, isTimed = false }) {
      let done = 0;
      const names = isTimed ? ["timed", "default"] : ["default"];
      const queues = names.map(
        (name) => new Queue(name, { ...common, activateDelayedJobs: name === "timed" }),
      );
      await Promise.all(queues.map((each) => each.ready()));
      for (const each of queues) {
        each.on("succeeded", () => (done += 1));
        each.process(concurrency, async ({ data }) => run(data));
      }
      return {
        acknowledged: () => done,
        stop: () => Promise.all(queues.map((each) => each.close())),
      };
    },
    close: () => Promise.all([queue.close(), timed.close()]),
  };
}
