// What batches cost on Redis: jobs that are made by streaming, as one batch, and the same number without. Says how much memory the
// process takes at most, what Redis takes beside the jobs, for each, how fast both are drained, and what is left.
// Run: npx tsx bench/batch-million.ts [--jobs 1000000]
import { parseArgs } from "node:util";
import { Redis } from "ioredis";
import { Batch, Command, configure } from "../src/index.ts";
import { RedisAdapter } from "../src/adapters/redis/redis-adapter.ts";
import { silentLogger } from "../src/support/logger.ts";
import { startWorker } from "../src/worker.ts";
import { RedisServer } from "../test/support/redis-server.ts";

const { values: options } = parseArgs({
  options: { jobs: { type: "string", default: "1000000" } },
});
const jobs = Number(options.jobs);
/** So many calls are under way at once. */
const AT_ONCE = 500;

class Row extends Command.initializeWith((row: number) => ({ row })) {
  call() {}
}

class Tell extends Command.initializeWith((text: string) => ({ text })) {
  async call() {
    const status = await this.batch?.status();
    console.log(`${this.text}: ${status?.done} of ${status?.total}`);
  }
}

const server = await RedisServer.start();
const control = new Redis(server.url);
const adapter = new RedisAdapter({ url: server.url, logger: silentLogger, leaseThread: false });
configure({ adapter, logger: silentLogger });
let most = 0;
const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 50);

await round(() => stream(jobs / 10)); // to warm up
const plain = await round(() => stream(jobs));
const counted = await round(async () => {
  const callbacks = { onSuccess: Tell.prepare("success"), onDeath: Tell.prepare("death") };
  await Batch.create(callbacks, () => stream(jobs));
});
const each = (counted.bytes - plain.bytes) / jobs;
console.log(`Beside each job: ${each.toFixed(1)} bytes in Redis`);
console.log(`Drained at ${(plain.seconds / counted.seconds).toFixed(2)} of the plain rate`);
console.log(`Memory at most: ${(most / 2 ** 20).toFixed(0)} MB`);
const left = (await control.keys("mandate:*")).filter(
  (key) => !/sequence|sender|sweep|ends|unsorted|document/.test(key),
);
console.log(`Keys left: ${left.toSorted().join(", ")}`);
clearInterval(watch);
await adapter.close();
control.disconnect();
await server.dispose();

/** Fills the queue, and works it off. */
async function round(
  fill: () => Promise<void>,
): Promise<{ readonly bytes: number; readonly seconds: number }> {
  const before = await usedMemory();
  const began = performance.now();
  await fill();
  const filled = performance.now();
  const bytes = (await usedMemory()) - before;
  const worker = await startWorker({ adapter, concurrency: 10, logger: silentLogger });
  await worker.drain();
  const seconds = (performance.now() - filled) / 1_000;
  const rate = jobs / ((filled - began) / 1_000);
  console.log(
    `${rate.toFixed(0)} jobs/s in, ${(bytes / jobs).toFixed(1)} bytes each, ${(jobs / seconds).toFixed(0)} jobs/s out`,
  );
  return { bytes, seconds };
}

async function stream(count: number): Promise<void> {
  let row = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (row < count) {
        row += 1;
        await Row.defer(row);
      }
    }),
  );
}

async function usedMemory(): Promise<number> {
  const info = await control.info("memory");
  return Number(/used_memory:(\d+)/.exec(info)?.[1]);
}
