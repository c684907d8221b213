// What prerequisites cost on Redis: many jobs that wait for one, one that waits for many, and a sweep that looks for a
// prerequisite of Ruby's. "Held" is the longest time that one command kept Redis from all others.
// Run: npx tsx bench/redis-prerequisites.ts [--jobs 100000] [--prerequisites 1000]
import { randomBytes } from "node:crypto";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { Redis } from "ioredis";
import { silentLogger } from "../src/index.ts";
import type { Entry, FetchedJob, Lease, Outcome } from "../src/adapters/adapter.ts";
import { RedisAdapter } from "../src/redis.ts";
import { newJid } from "../src/support/jid.ts";
import { RedisServer } from "../test/support/redis-server.ts";

const { values } = parseArgs({
  options: {
    jobs: { type: "string", default: "100000" },
    prerequisites: { type: "string", default: "1000" },
  },
});
const JOBS = Number(values.jobs);
const PREREQUISITES = Number(values.prerequisites);
const HEARTBEAT = 0.5;

type Row = Readonly<Record<"what" | "seconds" | "jobs per second" | "held, ms", string>>;

const server = await RedisServer.start();
const redis = new Redis(server.url);
const adapter = new RedisAdapter({
  url: server.url,
  logger: silentLogger,
  leaseThread: false,
  sidekiqHeartbeat: HEARTBEAT,
});
const rows: Row[] = [];
try {
  await redis.config("SET", "slowlog-log-slower-than", "500");
  await redis.config("SET", "slowlog-max-len", "100000");
  await manyBehindOne();
  await oneBehindMany();
  await manyBehindRubys();
} finally {
  await adapter.close();
  redis.disconnect();
  await server.dispose();
}
console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}\n`);
console.table(rows);

async function manyBehindOne(): Promise<void> {
  const first = entry("first");
  await adapter.enqueue([first]);
  const waiting = Array.from({ length: JOBS }, () => entry("many", [first.jid]));
  await timed(`enqueue ${JOBS} behind one`, JOBS, () => adapter.enqueue(waiting, 60));
  const lease = await open();
  const [job] = await fetch(lease, "first");
  await timed("settle the one", 1, () => lease.exchange([done(job)]));
  await timed(`release ${JOBS}`, JOBS, release);
  await timed(`work them off, 500 at a time`, JOBS, () => drain(lease, "many"));
  await lease.close();
}

async function oneBehindMany(): Promise<void> {
  const prereqs = Array.from({ length: PREREQUISITES }, () => entry("prereq"));
  await adapter.enqueue(prereqs);
  const behind = prereqs.map(({ jid }) => jid);
  await timed(`enqueue one behind ${PREREQUISITES}`, 1, () =>
    adapter.enqueue([entry("last", behind)]),
  );
  const lease = await open();
  await timed(`settle the ${PREREQUISITES}, and release the one`, PREREQUISITES, async () => {
    await drain(lease, "prereq");
    await release();
  });
  await drain(lease, "last");
  await lease.close();
}

/** Looks through as many jobs as there are, and does not find it any more. */
async function manyBehindRubys(): Promise<void> {
  const jid = randomBytes(12).toString("hex");
  await redis.sadd("queues", "ruby");
  await redis.lpush("queue:ruby", JSON.stringify({ class: "Ruby", args: [], jid }));
  await adapter.enqueue(
    Array.from({ length: 1_000 }, () => entry("behind ruby's", [jid])),
    60,
  );
  await adapter.enqueue(
    Array.from({ length: JOBS }, () => entry("others")),
    60,
  );
  await timed(`sweep ${JOBS}, with 1000 behind a job of Ruby's`, JOBS, () => adapter.sweep());
  await redis.del("queue:ruby");
  const began = performance.now();
  while ((await adapter.sweep()) === 0);
  const seconds = (performance.now() - began) / 1000;
  note(`notice that it is gone (heartbeat ${HEARTBEAT} s)`, { seconds, jobs: JOBS, held: "" });
}

async function timed(what: string, jobs: number, work: () => Promise<unknown>): Promise<void> {
  await redis.call("SLOWLOG", "RESET");
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1000;
  note(what, { seconds, jobs, held: await longestHold() });
}

function note(what: string, run: { seconds: number; jobs: number; held: string }): void {
  const { seconds, jobs, held } = run;
  console.error(`${what}: ${seconds.toFixed(3)} s`);
  rows.push({
    what,
    seconds: seconds.toFixed(3),
    "jobs per second": jobs < 2 ? "" : Math.round(jobs / seconds).toLocaleString("en"),
    "held, ms": held,
  });
}

async function longestHold(): Promise<string> {
  const log = (await redis.call("SLOWLOG", "GET", "-1")) as [number, number, number][];
  const longest = Math.max(0, ...log.map(([, , microseconds]) => microseconds));
  return longest === 0 ? "< 0.5" : (longest / 1000).toFixed(1);
}

async function release(): Promise<void> {
  while ((await adapter.releaseBlocked()) > 0);
}

async function drain(lease: Lease, queue: string): Promise<void> {
  let outcomes: Outcome[] = [];
  do {
    const { jobs } = await lease.exchange(outcomes, { queues: [queue], limit: 500 });
    outcomes = jobs.map(done);
  } while (outcomes.length > 0);
}

async function fetch(lease: Lease, queue: string): Promise<readonly FetchedJob[]> {
  return (await lease.exchange([], { queues: [queue], limit: 1 })).jobs;
}

function open(): Promise<Lease> {
  return adapter.lease({
    identity: `bench:${process.pid}:${randomBytes(6).toString("hex")}`,
    ttl: 600,
    info: { hostname: "bench", pid: 1, tag: "", startedAt: 1, concurrency: 1, queues: [["*", 1]] },
    state: () => ({ quiet: false, busy: 0 }),
    onWork: () => undefined,
    onDue: () => undefined,
  });
}

function entry(queue: string, prereqs: readonly string[] = []): Entry {
  const jid = newJid();
  const record = { class: "MandateJob", args: ["Noop", 1], queue, jid, retry: true };
  return { jid, queue, payload: JSON.stringify({ ...record, created_at: 1e9 + 0.5 }), prereqs };
}

function done(job: FetchedJob | undefined): Outcome {
  if (job === undefined) {
    throw new Error("Expected a job");
  }
  return { job, jid: (JSON.parse(job.payload) as { jid: string }).jid, kind: "done" };
}
