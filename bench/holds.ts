// What a settled job costs inside the memory adapter while 100 and 100,000 jobs wait for the same key with two turns: medians.
// Run: node --import tsx bench/holds.ts [--runs 9]
import { parseArgs } from "node:util";
import type { Entry, FetchedJob, LeaseOptions, Outcome } from "../src/adapters/adapter.ts";
import { MemoryAdapter } from "../src/adapters/memory/memory-adapter.ts";
import { newJid } from "../src/support/jid.ts";
import { silentLogger } from "../src/support/logger.ts";

const { values } = parseArgs({ options: { runs: { type: "string", default: "9" } } });
const RUNS = Number(values.runs);
const SIZES = [100, 100_000];
/** How many are settled in a run: of 100 that wait, in as many rounds as it takes. */
const SETTLED = 20_000;
const REQUEST = { queues: ["default"], limit: 10 };

const LEASE: LeaseOptions = {
  identity: "bench:1:a",
  ttl: Infinity,
  info: {
    hostname: "bench",
    pid: 1,
    tag: "",
    startedAt: 0.5,
    concurrency: 10,
    queues: [["default", 1]],
  },
  state: () => ({ quiet: false, busy: 0 }),
  onWork: () => undefined,
  onDue: () => undefined,
};

const costs = new Map<number, number[]>(SIZES.map((size) => [size, []]));
for (let run = 0; run < RUNS; run += 1) {
  for (const size of run % 2 === 0 ? SIZES : SIZES.toReversed()) {
    costs.get(size)?.push(await measure(size));
  }
}
const [few = NaN, many = NaN] = SIZES.map((size) => median(costs.get(size) ?? []));
console.table({
  "100 wait": { "µs per settled job": few.toFixed(2) },
  "100,000 wait": { "µs per settled job": many.toFixed(2) },
});
console.log(`${(many / few).toFixed(2)} times as much; 1.3 is the most that it may be`);

/** @returns µs per settled job */
async function measure(size: number): Promise<number> {
  const each = Math.min(size, SETTLED);
  let took = 0;
  for (let settled = 0; settled < SETTLED; settled += each) {
    took += await measureRound(size, each);
  }
  return (took * 1_000) / SETTLED;
}

/** @returns ms for so many of those that wait. */
async function measureRound(size: number, settled: number): Promise<number> {
  const adapter = new MemoryAdapter({ logger: silentLogger });
  const lease = await adapter.lease(LEASE);
  await adapter.enqueue(Array.from({ length: size }, entry));
  let jobs: readonly FetchedJob[] = [];
  for (let isMore = true; isMore;) {
    const exchange = await lease.exchange([], REQUEST);
    jobs = [...jobs, ...exchange.jobs];
    isMore = exchange.isMore === true;
  }
  const began = performance.now();
  for (let count = 0; count < settled; count += jobs.length) {
    ({ jobs } = await lease.exchange(jobs.map(done), REQUEST));
    if (jobs.length === 0) break;
  }
  const took = performance.now() - began;
  await lease.close();
  await adapter.close();
  return took;
}

function entry(): Entry {
  const jid = newJid();
  const hold = { key: "k", from: "fetch", until: "settled", whenFull: "park", to: 2 } as const;
  const payload = `{"class":"Job","args":[],"queue":"default","jid":"${jid}","created_at":1.5}`;
  return { jid, queue: "default", payload, holds: [hold] };
}

function done(job: FetchedJob): Outcome {
  const { jid } = JSON.parse(job.payload) as { jid: string };
  return { job, jid, kind: "done" };
}

function median(all: readonly number[]): number {
  return all.toSorted((one, other) => one - other)[Math.floor(all.length / 2)] ?? NaN;
}
