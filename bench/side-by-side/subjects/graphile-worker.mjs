// graphile-worker, on a Postgres of its own: with its local queue, and jobs completed in batches, as its pages on performance have it.
import { readFileSync } from "node:fs";
import { Logger, makeWorkerUtils, run as start } from "graphile-worker";
import pg from "pg";

const manifest = new URL("../package.json", import.meta.resolve("graphile-worker"));
export const version = JSON.parse(readFileSync(manifest, "utf8")).version;
export const settings = "Postgres without fsync, local queue of 500, completed in batches";

/** As its pages measure it. */
const BATCHED = { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 };

/** @param {{ postgres: string }} options */
export function open({ postgres }) {
  return openWith(postgres, BATCHED);
}

export async function openWith(connectionString, worker) {
  const logger = new Logger(() => () => undefined);
  const pgPool = new pg.Pool({ connectionString, max: 20 });
  pgPool.on("error", console.error);
  pgPool.on("connect", (client) => client.on("error", console.error));
  const utils = await makeWorkerUtils({ pgPool, logger });
  await utils.migrate();
  return {
    enqueueOne: (args) => utils.addJob("noop", { args }),
    enqueueMany: (list) =>
      utils.addJobs(list.map((args) => ({ identifier: "noop", payload: { args } }))),
    async startWorker({ concurrency, run }) {
      let done = 0;
      const runner = await start({
        pgPool,
        logger,
        concurrency,
        noHandleSignals: true,
        preset: { worker },
        taskList: { noop: ({ args }) => run(args) },
      });
      runner.events.on("job:complete", () => (done += 1));
      return { acknowledged: () => done, stop: () => runner.stop() };
    },
    async close() {
      await utils.release();
      await pgPool.end();
    },
  };
}
