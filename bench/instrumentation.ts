// What observing costs: no-op jobs drained from the memory adapter, with nobody listening and with each
// kind of listener, in processes of their own and by turns. Medians.
// Run: node --import tsx bench/instrumentation.ts [--runs 9] [--jobs 200000]
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Command, configure, deferAll, MemoryAdapter, subscribe } from "../src/index.ts";
import { silentLogger } from "../src/support/logger.ts";
import { Worker } from "../src/worker.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "9" },
    jobs: { type: "string", default: "200000" },
    only: { type: "string" },
  },
});
const JOBS = Number(values.jobs);

class Nothing extends Command {
  call(): void {}
}

const listeners: Readonly<Record<string, () => unknown>> = {
  nobody: () => undefined,
  "two empty listeners": () => subscribe({ start: () => {}, finish: () => {} }),
};

if (values.only === undefined) {
  const measured = new Map(Object.keys(listeners).map((name) => [name, [] as number[]]));
  for (let run = 0; run < Number(values.runs); run += 1) {
    for (const [name, times] of measured) {
      times.push(Number(inProcess(name)));
    }
  }
  console.table(
    Object.fromEntries([...measured].map(([name, times]) => [name, rates(median(times))])),
  );
} else {
  console.log(await drain(values.only));
}

function inProcess(name: string): string {
  const program = fileURLToPath(import.meta.url);
  const args = ["--import", "tsx", program, "--jobs", values.jobs, "--only", name];
  return spawnSync(process.execPath, args, { encoding: "utf8" }).stdout;
}

/** Microseconds per job. */
async function drain(name: string): Promise<number> {
  configure({ adapter: new MemoryAdapter({ logger: silentLogger }), logger: silentLogger });
  await listeners[name]?.();
  await work(JOBS / 4);
  return work(JOBS);
}

async function work(jobs: number): Promise<number> {
  for (let left = jobs; left > 0; left -= 1_000) {
    await deferAll(Array.from({ length: 1_000 }, () => Nothing.prepare()));
  }
  const before = performance.now();
  await new Worker().drain();
  return ((performance.now() - before) * 1_000) / jobs;
}

function median(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] ?? NaN;
}

function rates(cost: number): Record<string, string> {
  return {
    "µs per job": cost.toFixed(2),
    "jobs a second": Math.round(1e6 / cost).toLocaleString("en"),
  };
}
