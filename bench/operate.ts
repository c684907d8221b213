// What operators wait for, and whom they keep waiting: 1,000,000 jobs in a queue, 100,000 in retry.
//
// Measures of each listing the time to its first line, of what changes many jobs its rate, and meanwhile how long Redis
// takes to answer others. The program is built and run as it is installed, in a process of its own.
import { spawn, spawnSync } from "node:child_process";
import { loadavg } from "node:os";
import { Redis } from "ioredis";
import { RedisServer } from "../test/support/redis-server.ts";

const WAITING = Number(process.env["BENCH_WAITING"] ?? 1_000_000);
const IN_RETRY = Number(process.env["BENCH_RETRY"] ?? 100_000);
const SLICE = 1_000;

const LISTINGS: readonly (readonly string[])[] = [
  ["stats"],
  ["queues"],
  ["jobs", "list"],
  ["jobs", "list", "queue", "-n", "0"],
  ["jobs", "list", "retry", "--error", "SmtpBusyError"],
  ["jobs", "list", "queue", "--argument", "user1@"],
  ["errors"],
  ["doctor"],
];

spawnSync("npx", ["tsc", "-p", "tsconfig.build.json"], { stdio: "inherit" });
const server = await RedisServer.start();
const redis = new Redis(server.url);
await redis.config("SET", "slowlog-log-slower-than", "2000");
await fill();
console.log(
  `${WAITING.toLocaleString()} waiting, ${IN_RETRY.toLocaleString()} in retry, load average ${loadavg()[0]?.toFixed(1)}`,
);

for (const listing of LISTINGS) {
  const { firstLine, whole } = await run(listing, { enough: listing.includes("0") });
  console.log(`${listing.join(" ").padEnd(45)} first line ${ms(firstLine)}, whole ${ms(whole)}`);
}

await change(["jobs", "retry", "--all", "--error", "SmtpBusyError"], () =>
  redis.zcard("retry").then((left) => IN_RETRY - left),
);
await change(
  ["jobs", "delete", "queue", "--all", "--queue", "default", "--argument", "99@", "--yes"],
  () => redis.llen("queue:default").then((left) => WAITING - left),
);
redis.disconnect();
await server.dispose();

/** @param count Tells how many it was done to. */
async function change(argv: readonly string[], count: () => Promise<number>): Promise<void> {
  await redis.slowlog("RESET");
  const cpuBefore = await cpuSeconds();
  const { whole, answers } = await run(argv, { isWatched: true });
  const cpu = (await cpuSeconds()) - cpuBefore;
  const changed = await count();
  const rate = Math.round(changed / (whole / 1000)).toLocaleString();
  console.log(`${argv.join(" ")}: ${changed.toLocaleString()} in ${ms(whole)}, ${rate} a second`);
  const sorted = answers.toSorted((one, other) => one - other);
  const at = (share: number): string =>
    `${(sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(2)} ms`;
  console.log(
    `answers to others meanwhile: p50 ${at(0.5)}, p99 ${at(0.99)}, longest ${at(0.99999)}, of ${sorted.length}`,
  );
  // By the clock, and so more than Redis worked where other processes wanted the processor.
  console.log(`Redis's own time: ${((cpu / changed) * 1e6).toFixed(1)} µs for each job`);
  const slow = (await redis.slowlog("GET", 1_000)) as [number, number, number, string[]][];
  const longest = Math.max(0, ...slow.map(([, , microseconds]) => microseconds)) / 1000;
  console.log(
    `commands that held Redis for over 2 ms: ${slow.length}, the longest ${longest.toFixed(1)} ms`,
  );
}

async function fill(): Promise<void> {
  const now = Date.now() / 1000 + 0.0005;
  for (let first = 0; first < WAITING; first += SLICE) {
    const jobs = Array.from({ length: SLICE }, (_, index) =>
      record(first + index, { queue: "default" }),
    );
    await add(jobs, "q", (batch) => redis.lpush("queue:default", ...batch));
  }
  await redis.sadd("queues", "default");
  for (let first = 0; first < IN_RETRY; first += SLICE) {
    const jobs = Array.from({ length: SLICE }, (_, index) =>
      record(WAITING + first + index, {
        queue: "mailers",
        error_class: "SmtpBusyError",
        error_message: "421 too many connections",
        failed_at: now,
        retry_count: 0,
      }),
    );
    await add(jobs, "r", (batch) =>
      redis.zadd("retry", ...batch.flatMap((job, index) => [now + 3_600 + first + index, job])),
    );
  }
}

async function add(
  jobs: readonly { readonly jid: string; readonly payload: string }[],
  state: string,
  push: (payloads: string[]) => Promise<unknown>,
): Promise<void> {
  await redis.hset("mandate:jobs", ...jobs.flatMap(({ jid }) => [jid, state]));
  await push(jobs.map(({ payload }) => payload));
}

function record(number: number, fields: object): { jid: string; payload: string } {
  const jid = number.toString(16).padStart(24, "0");
  const args = ["SendInvoice", `user${number}@example.org`, { invoice: number, lines: [1, 2, 3] }];
  const created = 1_800_000_000.5;
  const payload = { class: "MandateJob", args, jid, created_at: created, ...fields };
  return { jid, payload: JSON.stringify({ ...payload, retry: true, enqueued_at: created }) };
}

/** @param enough Ended once it said something: nobody reads a million lines. */
async function run(
  argv: readonly string[],
  {
    enough = false,
    isWatched = false,
  }: { readonly enough?: boolean; readonly isWatched?: boolean } = {},
): Promise<{ firstLine: number; whole: number; answers: readonly number[] }> {
  const start = performance.now();
  const child = spawn(process.execPath, ["dist/cli.js", ...argv], {
    env: { ...process.env, REDIS_URL: server.url },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let firstLine = NaN;
  child.stdout.on("data", () => {
    firstLine = Number.isNaN(firstLine) ? performance.now() - start : firstLine;
    if (enough) {
      child.kill();
    }
  });
  let isOver = false;
  const over = new Promise<void>((resolve) => child.once("close", () => resolve())).then(() => {
    isOver = true;
  });
  const answers: number[] = [];
  while (isWatched && !isOver) {
    const before = performance.now();
    await redis.lpush("another", "x");
    answers.push(performance.now() - before);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await over;
  return { firstLine, whole: performance.now() - start, answers };
}

/** What Redis used of the processor so far. */
async function cpuSeconds(): Promise<number> {
  const info = await redis.info("cpu");
  const used = [...info.matchAll(/^used_cpu_(?:sys|user)_main_thread:([\d.]+)/gm)];
  return used.reduce((sum, [, seconds]) => sum + Number(seconds), 0);
}

function ms(milliseconds: number): string {
  return `${Math.round(milliseconds).toLocaleString()} ms`;
}
