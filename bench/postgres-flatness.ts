// Whether Postgres stays as fast as it was: jobs are drained and enqueued at once, so that as many wait all the time, with autovacuum
// off and a transaction open beside it from the beginning, so that nothing that was removed can be forgotten. Says the rate of each
// part of the time, the last as a share of the first, and how large tables and indexes are.
// Run: npx tsx bench/postgres-flatness.ts [--waiting 2000000] [--minutes 10] [--parts 10]
import { parseArgs } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { Command, configure, deferAll } from "../src/index.ts";
import { PostgresAdapter } from "../src/adapters/postgres/postgres-adapter.ts";
import { silentLogger } from "../src/support/logger.ts";
import { startWorker } from "../src/worker.ts";
import { PostgresServer } from "../test/support/postgres-server.ts";

const { values: options } = parseArgs({
  options: {
    waiting: { type: "string", default: "2000000" },
    minutes: { type: "string", default: "10" },
    parts: { type: "string", default: "10" },
  },
});
const waiting = Number(options.waiting);
const parts = Number(options.parts);
const partMs = (Number(options.minutes) * 60_000) / parts;
const AT_ONCE = 1_000;

let done = 0;
let enqueued = 0;
class Noop extends Command.initializeWith((id: number) => ({ id })) {
  call() {
    done += 1;
  }
}

const server = await PostgresServer.start({ autovacuum: "off", max_wal_size: "4GB" });
const adapter = new PostgresAdapter({ connectionString: server.url, logger: silentLogger });
configure({ adapter, logger: silentLogger });
const control = new pg.Client(server.url);
await control.connect();
while (enqueued < waiting) await enqueue();
console.log(`${enqueued} wait; autovacuum off, fsync off, a transaction open beside it`);
await control.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
await control.query("SELECT count(*) FROM pg_class");

const worker = await startWorker({ adapter, concurrency: 10, logger: silentLogger });
let isOver = false;
const feeding = (async () => {
  while (!isOver) {
    if (enqueued - done < waiting) await enqueue();
    else await sleep(1);
  }
})();
const rates: number[] = [];
for (let part = 0; part < parts; part += 1) {
  const [before, began] = [done, performance.now()];
  await sleep(partMs);
  const rate = (done - before) / ((performance.now() - began) / 1_000);
  rates.push(rate);
  console.log(`${rate.toFixed(0)} jobs/s in and out, ${enqueued - done} wait`);
}
isOver = true;
await feeding;
await control.query("COMMIT");
console.log(`The last part: ${((rates.at(-1) ?? 0) / (rates[0] ?? 1)).toFixed(2)} of the first`);
const { rows } = await control.query<{ name: string; size: string }>(
  "SELECT relname AS name, pg_size_pretty(pg_relation_size(c.oid)) AS size FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace " +
    "WHERE nspname = 'mandate' AND relkind IN ('r', 'i') AND pg_relation_size(c.oid) > 1e6 ORDER BY pg_relation_size(c.oid) DESC",
);
console.log(rows.map(({ name, size }) => `${name} ${size}`).join(", "));
await worker.stop();
await control.end();
await adapter.close();
await server.dispose();

async function enqueue(): Promise<void> {
  const jobs = Array.from({ length: AT_ONCE }, () => Noop.prepare((enqueued += 1)));
  await deferAll(jobs);
}
