/*
 * What many recurring jobs cost a worker on Redis: to start, with a release that the store does not know yet and with one that it
 * does; and while nothing is due, in commands a minute.
 *
 *     npx tsx bench/recurring.ts [--definitions 10000] [--idle 120]
 *
 * Exits with 1 above the limits.
 */
import { parseArgs } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { Command, configure, recurring, silentLogger } from "../src/index.ts";
import type { Documents } from "../src/adapters/documents.ts";
import { RedisAdapter } from "../src/adapters/redis/redis-adapter.ts";
import { define } from "../src/recurring/definition.ts";
import { RecurringScheduler } from "../src/recurring/scheduler/recurring-scheduler.ts";
import { JOBS } from "../src/recurring/store/stored-job.ts";
import { RedisServer } from "../test/support/redis-server.ts";

const START_LIMIT = 2;
const IDLE_LIMIT = 1;

const { values } = parseArgs({
  options: {
    definitions: { type: "string", default: "10000" },
    idle: { type: "string", default: "120" },
  },
});

class Sweep extends Command {
  call(): void {}
}

const server = await RedisServer.start();
const adapter = new RedisAdapter({ url: server.url, logger: silentLogger });
configure({ adapter, logger: silentLogger });
const redis = new Redis(server.url);
const definitions = Array.from({ length: Number(values.definitions) }, (_, index) =>
  define(`sweep-${index}`, `${index % 60} ${index % 24} 1 1 *`, Sweep.prepare(), {
    timeZone: "Europe/Amsterdam",
  }),
);
try {
  const first = await start();
  const second = await start();
  console.log(
    `A release that is new: ${first.seconds.toFixed(2)} s, one that is known: ${second.seconds.toFixed(2)} s`,
  );
  await first.scheduler.stop();
  const perMinute = await idle(Number(values.idle));
  console.log(`Idle: ${perMinute.toFixed(2)} commands a minute`);

  const began = performance.now();
  await recurring.define("woken", "* * * * * *", Sweep.prepare());
  while ((await adapter.store.size({ queue: "default" })) === 0) await sleep(20);
  console.log(`Woken by define: ${(performance.now() - began).toFixed(0)} ms until its first job`);
  await second.scheduler.stop();
  const isGood = Math.max(first.seconds, second.seconds) <= START_LIMIT && perMinute <= IDLE_LIMIT;
  process.exitCode = isGood ? 0 : 1;
} finally {
  redis.disconnect();
  await adapter.close();
  await server.dispose();
}

/** Until it knows all that the store has. */
async function start(): Promise<{ seconds: number; scheduler: RecurringScheduler }> {
  const began = performance.now();
  let resolve: (at: number) => void = () => undefined;
  const promise = new Promise<number>((done) => (resolve = done));
  const { documents } = adapter;
  const watched: Documents = {
    read: (names) => documents.read(names),
    write: (document) => documents.write(document),
    delete: (name, version) => documents.delete(name, version),
    listen: (prefix, onChange) => documents.listen(prefix, onChange),
    async list(prefix, cursor, limit) {
      const page = await documents.list(prefix, cursor, limit);
      if (prefix === JOBS && page.cursor === undefined) resolve(performance.now());
      return page;
    },
  };
  const scheduler = new RecurringScheduler({
    adapter,
    documents: watched,
    logger: silentLogger,
    definitions,
    worker: String(began),
    timeout: 5,
  });
  scheduler.start();
  return { seconds: ((await promise) - began) / 1000, scheduler };
}

/** Scripts count as one command, whatever they call. */
async function idle(seconds: number): Promise<number> {
  await sleep(3_000);
  const before = await sent();
  await sleep(seconds * 1000);
  // The one that asks is none of the worker's.
  return (((await sent()) - before - 1) * 60) / seconds;
}

async function sent(): Promise<number> {
  const stats = await redis.info("commandstats");
  return [...stats.matchAll(/^cmdstat_(evalsha|eval|info|ping):calls=(\d+)/gm)]
    .map((match) => Number(match[2]))
    .reduce((sum, calls) => sum + calls, 0);
}
