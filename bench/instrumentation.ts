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
  "OpenTelemetry, without an SDK": async () =>
    (await import("../src/opentelemetry.ts")).startOpenTelemetry(),
  "OpenTelemetry, every run recorded": async () => {
    const { trace } = await import("@opentelemetry/api");
    const { BasicTracerProvider } = await import("@opentelemetry/sdk-trace-base");
    trace.setGlobalTracerProvider(new BasicTracerProvider());
    return (await import("../src/opentelemetry.ts")).startOpenTelemetry();
  },
  Prometheus: async () => (await import("../src/prometheus.ts")).startPrometheus(),
  "StatsD, to the network": async () => {
    const { StatsD } = await import("hot-shots");
    const client = new StatsD({ host: "127.0.0.1", port: 9, errorHandler: () => undefined });
    return (await import("../src/statsd.ts")).startStatsd({ client, every: Infinity });
  },
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
  // What a client of StatsD has not sent would keep the process.
  process.exit();
}

function inProcess(name: string): string {
  const program = fileURLToPath(import.meta.url);
  const args = ["--import", "tsx", program, "--jobs", values.jobs, "--only", name];
  return spawnSync(process.execPath, args, { encoding: "utf8" }).stdout;
}

/** Microseconds of the processor's time per job. */
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
  // The processor's time, not the clock's: others may use this machine too.
  const before = process.cpuUsage();
  await new Worker().drain();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / jobs;
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
