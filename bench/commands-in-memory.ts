// What a no-op command costs from defer to settle on the memory adapter, at 10⁴, 10⁵ and 10⁶ waiting jobs, and how many
// drain in a second: medians of RUNS runs. Arguments are checked, records and payloads made and read, the log is at "warn".
// Run: npx tsx --expose-gc bench/commands-in-memory.ts [--runs N] [--sizes 10000,100000]
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { Command, configure, consoleLogger, deferAll, MemoryAdapter } from "../src/index.ts";
import { Worker } from "../src/worker.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "3" },
    sizes: { type: "string", default: "10000,100000,1000000" },
  },
});
const RUNS = Number(values.runs);
const SIZES = values.sizes.split(",").map(Number);
const BATCH = 1_000;
const TEXT = "about one hundred bytes of arguments";
const OPTIONS = { locale: "en", tags: ["a", "b"], force: false };

class Noop extends Command.initializeWith((id: number, text: string, options: object) => ({
  id,
  text,
  options,
})) {
  call() {}
}

interface Costs {
  /** Microseconds per job. */
  readonly "defer, µs": number;
  readonly "deferAll, µs": number;
  readonly "drain at 1, µs": number;
  readonly "drain at 10, µs": number;
  readonly "drain at 100, µs": number;
}

const logger = consoleLogger({ level: "warn" });
console.log(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, medians of ${RUNS} runs\n`,
);
const table: Record<string, Record<string, string>> = {};
for (const size of SIZES) {
  const runs: Costs[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    runs.push(await measure(size));
  }
  const costs = medians(runs);
  table[size.toLocaleString("en")] = {
    ...Object.fromEntries(Object.entries(costs).map(([name, cost]) => [name, cost.toFixed(2)])),
    "drained at 10, per second": Math.round(1e6 / costs["drain at 10, µs"]).toLocaleString("en"),
  };
}
console.table(table);

async function measure(size: number): Promise<Costs> {
  return {
    "defer, µs": await queueing(size, async () => {
      for (let id = 0; id < size; id += 1) await Noop.defer(id, TEXT, OPTIONS);
    }),
    "deferAll, µs": await queueing(size, () => deferInBatches(size)),
    "drain at 1, µs": await draining(size, 1),
    "drain at 10, µs": await draining(size, 10),
    "drain at 100, µs": await draining(size, 100),
  };
}

async function deferInBatches(size: number): Promise<void> {
  for (let first = 0; first < size; first += BATCH) {
    const count = Math.min(BATCH, size - first);
    await deferAll(
      Array.from({ length: count }, (_, at) => Noop.prepare(first + at, TEXT, OPTIONS)),
    );
  }
}

async function queueing(size: number, enqueue: () => Promise<void>): Promise<number> {
  const adapter = new MemoryAdapter({ logger: { ...logger, warn() {} } });
  configure({ adapter, logger });
  const cost = await microsecondsEach(size, enqueue);
  await adapter.close();
  return cost;
}

async function draining(size: number, concurrency: number): Promise<number> {
  const adapter = new MemoryAdapter({ logger: { ...logger, warn() {} } });
  configure({ adapter, logger });
  await deferInBatches(size);
  const cost = await microsecondsEach(size, () => new Worker({ concurrency }).drain());
  await adapter.close();
  return cost;
}

async function microsecondsEach(size: number, work: () => Promise<void>): Promise<number> {
  globalThis.gc?.();
  const start = performance.now();
  await work();
  return ((performance.now() - start) * 1000) / size;
}

function medians(runs: readonly Costs[]): Costs {
  const names = Object.keys(runs[0] ?? {}) as (keyof Costs)[];
  const median = (name: keyof Costs): number =>
    runs.map((run) => run[name]).toSorted((a, b) => a - b)[Math.floor(runs.length / 2)] ?? NaN;
  return Object.fromEntries(names.map((name) => [name, median(name)])) as unknown as Costs;
}
