// How jobs that wait for one key are served on Redis: 100 and 100,000 of them with two turns, and many cancelled, their queue paused and
// cleared meanwhile. Says what each settled job costs, how often a job moves because of the key, and how long Redis is held at most.
// A command that was interrupted counts as long. So redis-server gets real-time priority where that is allowed (root, on Linux); a virtual
// machine is interrupted all the same, so it says for each round what took longest: what is long by itself is long in each, and takes no
// longer than in the round where the longest was the shortest.
// Run: npx tsx bench/redis-holds.ts [--jobs 100000] [--settled 5000]
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { Redis } from "ioredis";
import type { Entry, FetchedJob, Lease } from "../src/adapters/adapter.ts";
import { RedisAdapter } from "../src/adapters/redis/redis-adapter.ts";
import { newJid } from "../src/support/jid.ts";
import { silentLogger } from "../src/support/logger.ts";
import { RedisServer } from "../test/support/redis-server.ts";

const { values: options } = parseArgs({
  options: {
    jobs: { type: "string", default: "100000" },
    settled: { type: "string", default: "5000" },
  },
});
const QUEUE = "limited";
const FEW = 100;
const many = Number(options.jobs);
const settled = Number(options.settled);
/** Microseconds for which one command may hold Redis. */
const LONGEST = 5_000;
const WORTH_NOTING = 1_000;

/** An entry of Redis' slow log. */
type Slow = readonly [id: number, at: number, microseconds: number, words: readonly string[]];

const running: FetchedJob[] = [];

const server = await RedisServer.start();
const control = new Redis(server.url);
await askForPriority();
const adapter = new RedisAdapter({ url: server.url, logger: silentLogger, leaseThread: false });
const lease = await adapter.lease({
  identity: "bench:1:a",
  ttl: 600,
  info: { hostname: "", pid: 1, tag: "", startedAt: 1.5, concurrency: 2, queues: [[QUEUE, 1]] },
  state: () => ({ quiet: false, busy: 0 }),
  onWork: () => undefined,
  onDue: () => undefined,
});
await control.config("SET", "slowlog-log-slower-than", WORTH_NOTING);
await control.config("SET", "slowlog-max-len", "100000");

const rounds = [FEW, many, FEW, many, FEW, many, FEW, many, FEW, many];
const costs = new Map<number, number[]>();
/** Of each round, by command and script: the longest, in microseconds. */
const longest: Map<string, number>[] = [];
let tooLong = 0;
for (const waiting of rounds) {
  await enqueue(waiting + settled);
  await parkAll(lease);
  const cost = await settle(lease, settled);
  costs.set(waiting, [...(costs.get(waiting) ?? []), cost]);
  if (waiting === many) {
    await operate(lease);
  }
  await adapter.store.clear({ queue: QUEUE });
  await settle(lease, 0);
  const slow = await slowest();
  tooLong += slow.filter(([, , microseconds]) => microseconds > LONGEST).length;
  if (waiting === many) {
    longest.push(longestOf(slow));
  }
}
const [few, most] = [median(FEW), median(many)];
console.log(`${FEW} waiting: ${few.toFixed(1)} µs per settled job`);
console.log(
  `${many} waiting: ${most.toFixed(1)} µs per settled job, ${(most / few).toFixed(2)} times`,
);
console.log(`Commands that held Redis for more than ${LONGEST / 1000} ms: ${tooLong}`);
// Each round does the same, so that what takes long by itself does so in each.
const byItself = Math.min(...longest.map((round) => Math.max(...round.values())));
console.log(`Without interruptions Redis was held for ${(byItself / 1000).toFixed(1)} ms at most`);
for (const command of new Set(longest.flatMap((round) => [...round.keys()]))) {
  const times = longest.map((round) => round.get(command) ?? 0).toSorted((a, b) => a - b);
  console.log(`  ${command}: longest of each round ${times.join(", ")} µs`);
}
await lease.close();
await adapter.close();
const left = (await control.keys("mandate:*")).filter(
  (key) => !/sequence|sender|sweep|ends|unsorted/.test(key),
);
console.log(`Keys left: ${left.length === 0 ? "none" : left.join(", ")}`);
control.disconnect();
await server.dispose();

/** What took long since this was asked last. */
async function slowest(): Promise<Slow[]> {
  const slow = (await control.slowlog("GET", -1)) as Slow[];
  await control.slowlog("RESET");
  // Without the one that forgot those of the round before.
  return slow.filter(([, , , [name]]) => name !== "slowlog");
}

function longestOf(slow: readonly Slow[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const [, , microseconds, [name = "", script = ""]] of slow) {
    const command = `${name} ${script.slice(0, 8).replaceAll(/\s/g, " ")}`;
    found.set(command, Math.max(found.get(command) ?? 0, microseconds));
  }
  return found;
}

/** Lets nothing else interrupt a command of Redis. */
async function askForPriority(): Promise<void> {
  const [, pid = ""] = /process_id:(\d+)/.exec(await control.info("server")) ?? [];
  const { status } = spawnSync("chrt", ["--all-tasks", "--fifo", "--pid", "50", pid]);
  console.log(`Redis has ${status === 0 ? "real-time priority" : "the priority of any process"}`);
}

async function enqueue(count: number): Promise<void> {
  for (let from = 0; from < count; from += 1_000) {
    await adapter.enqueue(
      Array.from({ length: Math.min(1_000, count - from) }, () => entry()),
      60,
    );
  }
}

function entry(): Entry {
  const jid = newJid();
  return {
    jid,
    queue: QUEUE,
    payload: JSON.stringify({ class: "Bench", args: [1], queue: QUEUE, jid, retry: true }),
    holds: [{ key: "k", from: "fetch", until: "settled", whenFull: "park", to: 2 }],
  };
}

/** Until all that wait have moved out of the list, into the key's line. */
async function parkAll(of: Lease): Promise<void> {
  const before = Number(await control.get("mandate:sequence"));
  const waiting = Number(await control.llen(`queue:${QUEUE}`));
  for (;;) {
    const { jobs, isMore } = await of.exchange([], { queues: [QUEUE], limit: 10 });
    running.push(...jobs);
    if (isMore !== true) break;
  }
  const moves = Number(await control.get("mandate:sequence")) - before;
  console.log(`${waiting} jobs, of which ${moves} were parked once`);
}

/** @returns microseconds for each job. */
async function settle(of: Lease, count: number): Promise<number> {
  const began = performance.now();
  for (let left = count; left > 0; left -= 1) {
    const job = running.shift() as FetchedJob;
    const outcome = { kind: "done", job, jid: jidOf(job) } as const;
    const { jobs } = await of.exchange([outcome], { queues: [QUEUE], limit: 1 });
    running.push(...jobs);
    if (jobs.length !== 1) throw new Error(`Expected one job, got ${jobs.length}`);
  }
  const took = performance.now() - began;
  if (count === 0) {
    await of.exchange(running.splice(0).map((job) => ({ kind: "done", job, jid: jidOf(job) })));
  }
  return (took / Math.max(1, count)) * 1_000;
}

/** What operators do meanwhile: cancels a thousand from the middle, pauses, and goes on. */
async function operate(of: Lease): Promise<void> {
  const began = performance.now();
  const middle = Math.floor(many / 2);
  const [first, last] = [String(middle), String(middle + 999)];
  const members = await control.zrange(`mandate:parked:${QUEUE}`, first, last);
  for (const member of members) {
    if (!(await adapter.store.cancel(member.slice(17), QUEUE))) throw new Error("Not cancelled");
  }
  console.log(`Cancelled ${members.length} in ${(performance.now() - began).toFixed(0)} ms`);
  await adapter.store.pause(QUEUE);
  const [job] = running.splice(0, 1) as [FetchedJob];
  const outcome = { kind: "done", job, jid: jidOf(job) } as const;
  const paused = await of.exchange([outcome], { queues: [QUEUE], limit: 1 });
  if (paused.jobs.length > 0) throw new Error("Fetched from a paused queue");
  await adapter.store.resume(QUEUE);
  const { jobs } = await of.exchange([], { queues: [QUEUE], limit: 1 });
  running.push(...jobs);
  await settle(of, 100);
}

function jidOf({ payload }: FetchedJob): string {
  return (JSON.parse(payload) as { readonly jid: string }).jid;
}

function median(waiting: number): number {
  const sorted = (costs.get(waiting) ?? []).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
