// plainjob, on a SQLite file by better-sqlite3. It keeps jobs that are done, and a power cut may take what it accepted last.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { better, defineQueue, defineWorker } from "plainjob";

const manifest = new URL("../package.json", import.meta.resolve("plainjob"));
export const version = JSON.parse(readFileSync(manifest, "utf8")).version;
export const settings = "defaults (synchronous NORMAL), one worker of which one job runs at a time";

export function open() {
  const folder = mkdtempSync(join(tmpdir(), "plainjob-bench-"));
  const connection = better(new Database(join(folder, "jobs.db")));
  const silent = { error() {}, warn() {}, info() {}, debug() {} };
  const queue = defineQueue({ connection, logger: silent });
  return {
    enqueueOne: async (args) => queue.add("noop", { args }),
    enqueueMany: async (list) =>
      queue.addMany(
        "noop",
        list.map((args) => ({ args })),
      ),
    async startWorker({ run }) {
      let done = 0;
      const worker = defineWorker("noop", async ({ data }) => run(JSON.parse(data).args), {
        queue,
        logger: silent,
        onCompleted: () => (done += 1),
      });
      void worker.start();
      return { acknowledged: () => done, stop: () => worker.stop() };
    },
    async close() {
      queue.close();
      rmSync(folder, { recursive: true });
    },
  };
}
