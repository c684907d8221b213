// Whether one tenant's 100,000 jobs hold up others', in memory and on Redis: three tenants with 100,000, 1,000 and 10 jobs of a
// millisecond, enqueued in this order, first in, first out and in turns. Says when the last of the smallest has ended, how many of
// the largest had by then, and how many jobs run in a second.
// Run: npx tsx bench/fairness.ts [--jobs 100000] [--concurrency 10] [--served]
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Adapter } from "../src/adapters/adapter.ts";
import { MemoryAdapter } from "../src/adapters/memory/memory-adapter.ts";
import { RedisAdapter } from "../src/adapters/redis/redis-adapter.ts";
import { Command, configure, deferAll } from "../src/index.ts";
import { silentLogger } from "../src/support/logger.ts";
import { startWorker } from "../src/worker.ts";
import { RedisServer } from "../test/support/redis-server.ts";

const { values: options } = parseArgs({
  options: {
    jobs: { type: "string", default: "100000" },
    concurrency: { type: "string", default: "10" },
    /** The worker is there before the jobs. */
    served: { type: "boolean", default: false },
  },
});
const tenants = { large: Number(options.jobs), middle: 1_000, small: 10 };
const total = tenants.large + tenants.middle + tenants.small;
const concurrency = Number(options.concurrency);

const done = { large: 0, middle: 0, small: 0 };
const smallEnded = { after: 0, large: 0 };
let began = 0;

class InOrder extends Command.initializeWith((tenant: keyof typeof done) => ({ tenant })) {
  async call(): Promise<void> {
    await sleep(1);
    done[this.tenant] += 1;
    if (this.tenant === "small" && done.small === tenants.small) {
      Object.assign(smallEnded, { after: performance.now() - began, large: done.large });
    }
  }
}

class InTurns extends InOrder {
  static {
    this.fairBy((tenant) => tenant);
  }
}

async function measure(adapter: Adapter, command: typeof InOrder): Promise<number> {
  configure({ adapter, logger: silentLogger });
  Object.assign(done, { large: 0, middle: 0, small: 0 });
  const start = (): ReturnType<typeof startWorker> => startWorker({ adapter, concurrency });
  let worker = options.served ? await start() : undefined;
  if (options.served) {
    await adapter.store.pause("default");
  }
  for (const [tenant, count] of Object.entries(tenants)) {
    for (let left = count; left > 0; left -= 1_000) {
      const jobs = Array.from({ length: Math.min(left, 1_000) }, () =>
        command.prepare(tenant as keyof typeof done),
      );
      await deferAll(jobs);
    }
  }
  began = performance.now();
  await adapter.store.resume("default");
  worker ??= await start();
  const ready = performance.now() - began;
  while (done.large + done.middle + done.small < total) {
    await sleep(20);
  }
  const seconds = (performance.now() - began - ready) / 1_000;
  await worker.stop();
  console.log(
    `${adapter.name}, ${command === InTurns ? "in turns" : "in order"}: the ${tenants.small} were done after ` +
      `${smallEnded.after.toFixed(0)} ms and ${smallEnded.large} of the ${tenants.large}; ` +
      `${Math.round(total / seconds)} jobs in a second (the worker was ready after ${ready.toFixed(0)} ms)`,
  );
  return total / seconds;
}

const server = await RedisServer.start();
for (const adapter of [
  new MemoryAdapter({ logger: silentLogger }),
  new RedisAdapter({ url: server.url, logger: silentLogger }),
]) {
  const rates = { inOrder: [] as number[], inTurns: [] as number[] };
  for (let round = 0; round < 2; round += 1) {
    rates.inOrder.push(await measure(adapter, InOrder));
    rates.inTurns.push(await measure(adapter, InTurns));
  }
  const of = Math.max(...rates.inTurns) / Math.max(...rates.inOrder);
  console.log(`${adapter.name}: in turns ${of.toFixed(2)} of the throughput in order`);
  await adapter.close();
}
await server.dispose();
