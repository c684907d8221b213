// The program that bench/batch-million.ts measures: a plain one, on the package as it is built, since what compiles TypeScript on the
// way takes 90 MB by itself. Gets the address of Redis and how many jobs.
import { Redis } from "ioredis";
import { Batch, Command, configure } from "../../dist/index.js";
import { RedisAdapter } from "../../dist/redis.js";
import { startWorker } from "../../dist/worker.js";

const [url, count] = process.argv.slice(2);
const jobs = Number(count);
/** So many calls are under way at once. */
const AT_ONCE = 500;
/** So often without a batch, and with one. */
const PAIRS = 3;
const logger = { debug() {}, info() {}, warn() {}, error: console.error };

class Row extends Command.initializeWith((row) => ({ row })) {
  call() {}
}

class Tell extends Command.initializeWith((text) => ({ text })) {
  async call() {
    const status = await this.batch?.status();
    console.log(`${this.text}: ${status?.done} of ${status?.total}`);
  }
}

const control = new Redis(url);
const adapter = new RedisAdapter({ url, logger, leaseThread: false });
configure({ adapter, logger });
let most = 0;
const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 50);

await round(() => stream(jobs / 10)); // to warm up
const plain = [];
const batched = [];
for (let pair = 0; pair < PAIRS; pair += 1) {
  plain.push(await round(() => stream(jobs)));
  batched.push(
    await round(async () => {
      const callbacks = { onSuccess: Tell.prepare("success"), onDeath: Tell.prepare("death") };
      await Batch.create(callbacks, () => stream(jobs));
    }),
  );
}
const each = median(batched.map(({ bytes }, pair) => (bytes - plain[pair].bytes) / jobs));
const rates = batched.map(({ seconds }, pair) => plain[pair].seconds / seconds);
console.log(`Beside each job: ${each.toFixed(1)} bytes in Redis`);
console.log(
  `Drained at ${median(rates).toFixed(2)} of the plain rate (${rates.map((rate) => rate.toFixed(2)).join(", ")})`,
);
console.log(`Memory at most: ${(most / 2 ** 20).toFixed(0)} MB`);
const left = (await control.keys("mandate:*")).filter(
  (key) => !/sequence|sender|sweep|ends|unsorted|document/.test(key),
);
console.log(`Keys left: ${left.toSorted().join(", ")}`);
clearInterval(watch);
await adapter.close();
control.disconnect();

/** Fills the queue, and works it off. */
async function round(fill) {
  const before = await usedMemory();
  const began = performance.now();
  await fill();
  const filled = performance.now();
  const bytes = (await usedMemory()) - before;
  const worker = await startWorker({ adapter, concurrency: 10, logger });
  await worker.drain();
  const seconds = (performance.now() - filled) / 1_000;
  const rate = jobs / ((filled - began) / 1_000);
  console.log(
    `${rate.toFixed(0)} jobs/s in, ${(bytes / jobs).toFixed(1)} bytes each, ${(jobs / seconds).toFixed(0)} jobs/s out`,
  );
  return { bytes, seconds };
}

async function stream(count) {
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

async function usedMemory() {
  const info = await control.info("memory");
  return Number(/used_memory:(\d+)/.exec(info)?.[1]);
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
