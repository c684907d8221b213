/*
 * How long after SIGTERM another worker goes on with a job that has checkpoints: workers of a fleet are replaced one after
 * the other, as a deploy does, and there is a free place for each job.
 *
 *     npx tsx bench/steps-handover.ts [--deploys 20] [--jobs 3]
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { configure, deferAll } from "../src/index.ts";
import { RedisAdapter } from "../src/redis.ts";
import { silentLogger } from "../src/support/logger.ts";
import { Fleet } from "../test/chaos/fleet.ts";
import { Inspector } from "../test/chaos/inspector.ts";
import { judge, type Stop } from "../test/chaos/steps/judge.ts";
import { Rows } from "../test/chaos/steps/rows.ts";
import { RedisServer } from "../test/support/redis-server.ts";

const { values } = parseArgs({
  options: {
    deploys: { type: "string", default: "20" },
    jobs: { type: "string", default: "3" },
  },
});
const jobs = Number(values.jobs);

const server = await RedisServer.start();
const { url } = server;
const fleet = await Fleet.start({
  url,
  leaseTtl: 30,
  concurrency: jobs,
  size: 2,
  program: "steps-worker.ts",
});
const inspector = new Inspector(url);
const adapter = new RedisAdapter({ url, logger: silentLogger });
configure({ adapter });
const stops: Stop[] = [];
try {
  await deferAll(Array.from({ length: jobs }, (_, number) => Rows.prepare(number, 10_000_000)));
  for (let deploy = 0; deploy < Number(values.deploys); deploy += 1) {
    while ((await inspector.leases()) < 2) await sleep(100);
    await sleep(1_000);
    const [old] = fleet.working;
    if (old === undefined) throw new Error("Expected a worker");
    stops.push({ file: old.ledger, at: await fleet.replace(old) });
  }
  await sleep(1_000);
  const evidence = { jobs, rows: 0, ledgers: fleet.ledgers, checkpoints: [], stops };
  console.log(judge(evidence).handedOn);
} finally {
  await fleet.dispose();
  inspector.close();
  await adapter.close();
  await server.dispose();
}
