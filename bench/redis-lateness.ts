// How late scheduled jobs start, by Redis's clock, in workers that are processes of their own and have nothing else to do.
// Run: npx tsx bench/redis-lateness.ts [--jobs 200] [--seconds 15] [--workers 1,5]
import { fork } from "node:child_process";
import { on, once } from "node:events";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Command, configure, deferAll, registerCommands, silentLogger } from "../src/index.ts";
import { RedisAdapter } from "../src/redis.ts";
import { startWorker } from "../src/worker.ts";
import { RedisServer } from "../test/support/redis-server.ts";

const { values } = parseArgs({
  options: {
    jobs: { type: "string", default: "200" },
    seconds: { type: "string", default: "15" },
    workers: { type: "string", default: "1,5" },
    url: { type: "string" },
  },
});

/** Tells its lateness, in milliseconds. Redis runs on the same machine, by the same clock. */
class Tell extends Command.initializeWith((due: number) => ({ due })) {
  call(): void {
    process.send?.(performance.timeOrigin + performance.now() - this.due);
  }
}

if (values.url === undefined) {
  console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}\n`);
  const table: Record<string, Record<string, string>> = {};
  for (const workers of values.workers.split(",").map(Number)) {
    table[`${workers} workers, ms`] = await measure(workers);
  }
  console.table(table);
} else {
  registerCommands(Tell);
  configure({
    adapter: new RedisAdapter({ url: values.url, logger: silentLogger }),
    logger: silentLogger,
  });
  await startWorker();
  process.send?.("started");
}

async function measure(workers: number): Promise<Record<string, string>> {
  const server = await RedisServer.start();
  const children = Array.from({ length: workers }, () =>
    fork(fileURLToPath(import.meta.url), ["--url", server.url]),
  );
  const adapter = new RedisAdapter({ url: server.url, logger: silentLogger });
  try {
    await Promise.all(children.map((child) => once(child, "message")));
    configure({ adapter, logger: silentLogger });
    const late: number[] = [];
    const told = children.map(async (child) => {
      for await (const [lateness] of on(child, "message", { close: ["exit"] })) {
        late.push(lateness as number);
        if (late.length === Number(values.jobs)) {
          children.forEach((each) => each.kill("SIGKILL"));
        }
      }
    });
    await schedule();
    await Promise.all(told);
    return summary(late);
  } finally {
    children.forEach((child) => child.kill("SIGKILL"));
    await adapter.close();
    await server.dispose();
  }
}

/** At random times, the first of them in a second. */
async function schedule(): Promise<void> {
  const now = Date.now();
  const times = Array.from(
    { length: Number(values.jobs) },
    () => now + 1_000 + Math.floor(Math.random() * Number(values.seconds) * 1_000),
  );
  await deferAll(times.map((time) => Tell.set({ waitUntil: new Date(time) }).prepare(time)));
}

function summary(late: number[]): Record<string, string> {
  const sorted = late.toSorted((one, other) => one - other);
  const at = (share: number): string =>
    (sorted[Math.ceil(sorted.length * share) - 1] ?? NaN).toFixed(1);
  return { jobs: String(late.length), p50: at(0.5), p95: at(0.95), p99: at(0.99), most: at(1) };
}
