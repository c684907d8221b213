/*
 * How late jobs of recurring jobs start while nothing happens to their workers, which are processes of their own, and what each
 * occurrence costs these and Redis in processor time. Half of the jobs run; the others are left where they are.
 *
 *     npx tsx bench/recurring-lateness.ts [--workers 8] [--schedules 200] [--seconds 30] [--fsync everysec]
 */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Redis } from "ioredis";
import { silentLogger } from "../src/index.ts";
import { RedisAdapter } from "../src/redis.ts";
import { Fleet } from "../test/chaos/fleet.ts";
import { Inspector } from "../test/chaos/inspector.ts";
import { findAll } from "../test/chaos/recurring/found.ts";
import { lateness } from "../test/chaos/recurring/judge.ts";
import { RedisServer } from "../test/support/redis-server.ts";

const { values } = parseArgs({
  options: {
    workers: { type: "string", default: "8" },
    schedules: { type: "string", default: "200" },
    seconds: { type: "string", default: "30" },
    fsync: { type: "string", default: "everysec" },
  },
});
const size = Number(values.workers);
const server = await RedisServer.start(["--appendonly", "yes", "--appendfsync", values.fsync]);
const fleet = await Fleet.start({
  url: server.url,
  leaseTtl: 30,
  concurrency: 8,
  size,
  program: "recurring-worker.ts",
  environment: () => ({ SCHEDULES: values.schedules, RELEASE: "old" }),
});
const adapter = new RedisAdapter({ url: server.url, logger: silentLogger });
const redis = new Redis(server.url);
const inspector = new Inspector(server.url);
try {
  while ((await inspector.leases()) < size) await sleep(100);
  await sleep(5_000);
  const offset = Date.now() / 1000 - Number(process.hrtime.bigint()) / 1e9;
  const began = Math.ceil(await adapter.store.now());
  const before = [ofWorkers(), await ofRedis()];
  await sleep(Number(values.seconds) * 1000);
  const after = [ofWorkers(), await ofRedis()];
  const until = Math.floor(await adapter.store.now());
  await sleep(1_000);
  const all = await findAll(adapter, fleet.ledgers);
  const occurrences = [...all.values()]
    .flatMap(({ seconds }) => seconds)
    .filter((second) => second >= began && second < until).length;
  const [workers = 0, ofServer = 0] = after.map((cpu, at) =>
    Math.round(((cpu - (before[at] ?? 0)) * 1e6) / occurrences),
  );
  console.log(lateness(all, { began, until, offset }));
  console.log({ occurrences, workersMicroseconds: workers, redisMicroseconds: ofServer });
} finally {
  await fleet.dispose();
  inspector.close();
  redis.disconnect();
  await adapter.close();
  await server.dispose();
}

/** Seconds that the workers have computed. */
function ofWorkers(): number {
  return fleet.working
    .map(({ pid }) => {
      // Behind the name, which may have spaces; in hundredths of a second.
      const [, fields = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
      const [user = 0, system = 0] = fields.split(" ").slice(11, 13).map(Number);
      return (user + system) / 100;
    })
    .reduce((sum, seconds) => sum + seconds, 0);
}

/** Seconds that Redis has computed. */
async function ofRedis(): Promise<number> {
  const info = await redis.info("cpu");
  const of = (name: string): number => Number(new RegExp(`^${name}:(.*)$`, "m").exec(info)?.[1]);
  return of("used_cpu_user") + of("used_cpu_sys");
}
