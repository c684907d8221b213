// How long the dashboard's pages take, with 1,000,000 jobs in a queue and 100,000 dead, and how long Redis keeps others
// waiting meanwhile. Pages are asked for one after the other, and by ten viewers at once.
import { Redis } from "ioredis";
import { configure, silentLogger } from "mandate";
import { RedisAdapter } from "mandate/redis";
import { dashboard } from "mandate/web";
import { RedisServer } from "../test/support/redis-server.ts";

const WAITING = Number(process.env["BENCH_WAITING"] ?? 1_000_000);
const DEAD = Number(process.env["BENCH_DEAD"] ?? 100_000);
const SLICE = 1_000;
const ROUNDS = 4;
const PAGES = [
  "/",
  "/queues",
  "/queues/q?name=default",
  "/jobs",
  "/jobs?place=queue",
  "/jobs?place=dead",
  "/jobs?place=dead&q=error:SmtpBusyError",
  "/jobs?place=queue&q=arg:nobody",
  "/errors",
  "/commands",
  "/processes",
  "/recurring",
  "/batches",
  "/limits",
  "/health",
  "/audit",
];

const server = await RedisServer.start();
const redis = new Redis(server.url);
const adapter = new RedisAdapter({ url: server.url, logger: silentLogger });
configure({ adapter, logger: silentLogger });
await fill();
const jobs = dashboard({ authorize: "open-in-production" });

const answers: number[] = [];
let isWatching = true;
const watching = watch();
for (const page of PAGES) {
  const times: number[] = [];
  let bytes = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    // Later than a shared reading lasts.
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    const start = performance.now();
    const answer = await jobs(new Request(`http://localhost${page}`));
    bytes = (await answer.text()).length;
    times.push(performance.now() - start);
  }
  const sorted = times.toSorted((one, other) => one - other);
  console.log(
    `${page.padEnd(42)} median ${ms(sorted[ROUNDS / 2])}, slowest ${ms(sorted.at(-1))}, ${Math.round(bytes / 1024)} KB`,
  );
}
isWatching = false;
await watching;
const sorted = answers.toSorted((one, other) => one - other);
const at = (share: number): string => ms(sorted[Math.floor(sorted.length * share)]);
console.log(
  `Others waited for Redis: median ${at(0.5)}, 99 % within ${at(0.99)}, longest ${ms(sorted.at(-1))}`,
);

await redis.config("RESETSTAT");
const until = Date.now() + 5_000;
while (Date.now() < until) {
  const viewers = Array.from({ length: 10 }, () => jobs(new Request("http://localhost/queues")));
  await Promise.all(viewers.map(async (answer) => (await answer).text()));
  await new Promise((resolve) => setTimeout(resolve, 200));
}
const [, calls] = /cmdstat_smembers:calls=(\d+)/.exec(await redis.info("commandstats")) ?? [];
console.log(`Ten viewers, five times a second, for 5 s: SMEMBERS ${calls ?? 0} times`);

await adapter.close();
redis.disconnect();
await server.dispose();

async function watch(): Promise<void> {
  while (isWatching) {
    const start = performance.now();
    await redis.ping();
    answers.push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function fill(): Promise<void> {
  const now = Date.now() / 1000;
  await redis.sadd("queues", "default");
  for (let from = 0; from < WAITING; from += SLICE) {
    await redis.lpush(
      "queue:default",
      ...Array.from({ length: SLICE }, (_, index) => payload(from + index, now)),
    );
  }
  for (let from = 0; from < DEAD; from += SLICE) {
    const members = Array.from({ length: SLICE }, (_, index) => [
      now - from - index,
      payload(from + index + WAITING, now, {
        error_class: index % 3 === 0 ? "SmtpBusyError" : "TimeoutError",
        error_message: "450 too many connections",
        failed_at: now - 100.5,
        retry_count: 25,
      }),
    ]);
    await redis.zadd("dead", ...members.flat());
  }
}

function payload(number: number, now: number, more: object = {}): string {
  return JSON.stringify({
    class: "MandateJob",
    args: ["SendInvoice", `user${number}@example.org`, { order: number }],
    queue: "default",
    jid: number.toString(16).padStart(24, "0"),
    retry: true,
    created_at: now - 0.5,
    enqueued_at: now - 0.5,
    ...more,
  });
}

function ms(time: number | undefined): string {
  return `${(time ?? 0).toFixed(1)} ms`;
}
