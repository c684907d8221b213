// What one job costs inside the memory adapter while 10⁴, 10⁵ and 10⁶ wait: medians.
// Run: node --import tsx bench/memory-adapter.ts [--runs 5]
import { parseArgs } from "node:util";
import type { Entry, FetchedJob, Lease, Outcome } from "../src/adapters/adapter.ts";
import { MemoryAdapter } from "../src/adapters/memory/memory-adapter.ts";
import { newJid } from "../src/support/jid.ts";
import { silentLogger } from "../src/support/logger.ts";

const { values } = parseArgs({ options: { runs: { type: "string", default: "5" } } });
const RUNS = Number(values.runs);
const LARGEST = 1_000_000;
const SIZES = [10_000, 100_000, LARGEST];
const SLICE = 25;

interface Costs {
  readonly [step: string]: number;
}

const steps: Record<string, (size: number) => Promise<Costs>> = {
  "one by one": (size) => queueCosts(size, 1),
  "in batches of 1,000": (size) => queueCosts(size, 1_000),
  scheduled: scheduleCosts,
  "behind one prerequisite": dependentCosts,
};

for (const [name, measure] of Object.entries(steps)) {
  console.log(`\n${name}, µs per job`);
  const table: Record<string, Record<string, string>> = {};
  for (const size of SIZES) {
    // Small sizes run more often: one run of theirs is over before the compiler has looked at it.
    const runs: Costs[] = [];
    for (let run = 0; run < RUNS * Math.sqrt(LARGEST / size); run += 1) {
      runs.push(await measure(size));
    }
    table[size.toLocaleString("en")] = medians(runs);
  }
  console.table(table);
}

async function queueCosts(size: number, batch: number): Promise<Costs> {
  const adapter = new MemoryAdapter({ logger: silentLogger });
  const entries = entriesOf(size);
  const enqueue = await cost(size, async () => {
    for (let at = 0; at < size; at += batch) {
      await adapter.enqueue(batch === 1 ? [entries[at] as Entry] : entries.slice(at, at + batch));
    }
  });
  const lease = await open(adapter);
  const drain = await cost(size, () => drained(lease));
  await adapter.close();
  return { enqueue, "fetch + settle": drain };
}

async function scheduleCosts(size: number): Promise<Costs> {
  let now = 1_000;
  const adapter = new MemoryAdapter({ logger: silentLogger, clock: { now: () => now } });
  const entries = entriesOf(size, () => ({ at: 2_000 + Math.random() * 1_000 }));
  const schedule = await cost(size, async () => {
    for (const entry of entries) await adapter.enqueue([entry]);
  });
  now = 4_000;
  const promote = await cost(size, async () => {
    while ((await adapter.promoteDue()).promoted > 0);
  });
  await adapter.close();
  return { schedule, promote };
}

async function dependentCosts(size: number): Promise<Costs> {
  const adapter = new MemoryAdapter({ logger: silentLogger });
  const first = entriesOf(1)[0] as Entry;
  await adapter.enqueue([first]);
  const entries = entriesOf(size, () => ({ prereqs: [first.jid] }));
  const block = await cost(size, async () => {
    for (const entry of entries) await adapter.enqueue([entry]);
  });
  const lease = await open(adapter);
  const { jobs } = await lease.exchange([], { queues: ["default"], limit: 1 });
  const settle = await cost(size, () => lease.exchange(jobs.map(done)));
  const release = await cost(size, async () => {
    while ((await adapter.releaseBlocked()) > 0);
  });
  await adapter.close();
  return { block, "settle prerequisite": settle, release };
}

async function drained(lease: Lease): Promise<void> {
  let outcomes: Outcome[] = [];
  do {
    const { jobs } = await lease.exchange(outcomes, { queues: ["default"], limit: SLICE });
    outcomes = jobs.map(done);
  } while (outcomes.length > 0);
}

function done(job: FetchedJob): Outcome {
  return { kind: "done", job, jid: undefined };
}

function open(adapter: MemoryAdapter): Promise<Lease> {
  return adapter.lease({
    identity: newJid(),
    ttl: Infinity,
    info: { hostname: "", pid: 0, tag: "", startedAt: 0, concurrency: SLICE, queues: [] },
    state: () => ({ quiet: false, busy: 0 }),
    onWork: () => {},
    onDue: () => {},
  });
}

function entriesOf(size: number, more: () => Partial<Entry> = () => ({})): Entry[] {
  return Array.from({ length: size }, () => {
    const jid = newJid();
    const payload = `{"class":"MandateJob","args":["Noop"],"queue":"default","jid":"${jid}","created_at":1.5}`;
    return { jid, queue: "default", payload, ...more() };
  });
}

async function cost(size: number, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return ((performance.now() - start) * 1_000) / size;
}

function medians(runs: readonly Costs[]): Record<string, string> {
  return Object.fromEntries(
    Object.keys(runs[0] ?? {}).map((step) => {
      const sorted = runs.map((costs) => costs[step] ?? NaN).sort((one, other) => one - other);
      return [step, (sorted[Math.floor(sorted.length / 2)] ?? NaN).toFixed(3)];
    }),
  );
}
