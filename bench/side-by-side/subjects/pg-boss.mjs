// pg-boss, on a Postgres of its own. Of a singleton key one job waits at a time: its policy "short". It keeps jobs that are done.
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import PgBoss from "pg-boss";

export const version = createRequire(import.meta.url)("pg-boss/package.json").version;
export const settings = "Postgres without fsync, as many fetched as run at once, no maintenance";

/** @param {{ postgres: string }} options */
export async function open({ postgres }) {
  const boss = new PgBoss({ connectionString: postgres, supervise: false, schedule: false });
  boss.on("error", (error) => console.error(error));
  await boss.start();
  await boss.createQueue("default");
  await boss.createQueue("unique", { policy: "short" });
  return {
    enqueueOne: (args) => boss.send("default", { args }),
    enqueueMany: (list) => boss.insert(list.map((args) => ({ name: "default", data: { args } }))),
    enqueueUnique: (list) =>
      boss.insert(
        list.map((args) => ({ name: "unique", data: { args }, singletonKey: `${args[0]}` })),
      ),
    async startWorker({ concurrency, run }) {
      let done = 0;
      let isOver = false;
      const work = async (queue) => {
        while (!isOver) {
          const jobs = (await boss.fetch(queue, { batchSize: concurrency })) ?? [];
          if (jobs.length === 0) {
            await sleep(20);
            continue;
          }
          await Promise.all(jobs.map(({ data }) => run(data.args)));
          await boss.complete(
            queue,
            jobs.map(({ id }) => id),
          );
          done += jobs.length;
        }
      };
      const lines = [work("default"), work("unique")];
      return {
        acknowledged: () => done,
        stop: async () => {
          isOver = true;
          await Promise.all(lines);
        },
      };
    },
    close: () => boss.stop({ graceful: false }),
  };
}
