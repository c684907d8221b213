// Check 14 of docs/dashboard.md, "What is tested": a search over so many jobs that nobody waits for its end. How long it takes, and how
// long others wait meanwhile, is measured by bench/dashboard.ts.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { configure, silentLogger } from "mandate";
import { RedisAdapter } from "mandate/redis";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { typescript } from "../repository/typescript/flags.ts";
import { RedisServer } from "../support/redis-server.ts";
import { missing } from "../support/requires.ts";
import { Visitor } from "./visitor.ts";
import { Watch } from "./watch.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const MANY = 200_000;
/** Looked at for one page. */
const LOOKED_AT = 10_000;
/** Read at once at most. */
const SLICE = 500;
/** Which the worker does not serve. */
const QUEUE = "mail";

const program = fileURLToPath(new URL("programs/punctual.ts", import.meta.url));

describe.skipIf(missing("redis"))(`14: a search over ${MANY} jobs`, () => {
  let server: RedisServer;
  let redis: Redis;
  let adapter: RedisAdapter;
  let worker: ChildProcess;
  let watch: Watch;
  const visitor = new Visitor();

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = new Redis(server.url);
    adapter = new RedisAdapter({ url: server.url, logger: silentLogger });
    configure({ adapter, logger: silentLogger });
    await fill();
    worker = spawn(process.execPath, [...typescript, program], {
      env: { ...process.env, REDIS_URL: server.url },
      stdio: "ignore",
    });
    await until(1);
    watch = await Watch.start(server.url);
  });
  afterAll(async () => {
    watch?.stop();
    worker?.kill("SIGKILL");
    redis?.disconnect();
    await adapter?.close();
    await server?.dispose();
  });

  it("shows the first rows after one slice of the list", async () => {
    const before = await watch.count(QUEUE);
    const { text } = await visitor.get("/jobs?q=command:SendInvoice&size=25");

    expect(text.match(/<tr id="job-/g)).toHaveLength(25);
    // Some of them are what every page asks for.
    expect(await watch.count(QUEUE)).toBeLessThan(before + LOOKED_AT / SLICE / 2);
  });

  it("says how far it looked, leads on to the end, and keeps Redis from a worker for no more than a slice", async () => {
    await waited();
    const found: unknown[] = [];
    let [pages, seen] = [0, 0];
    let path: string | undefined = "/jobs?place=queue&q=arg:needle";
    while (path !== undefined) {
      const before = await watch.count(QUEUE);
      const { text } = await visitor.get(path);
      const readings = (await watch.count(QUEUE)) - before;
      const page: Page = await visitor.json<Page>(path);
      const looked = `Looked at ${page.seen.toLocaleString("en")}`;
      expect(text).toContain(page.next === undefined ? looked : `${looked}, there are more`);
      expect(page.seen).toBeLessThanOrEqual(LOOKED_AT);
      // Between two of them Redis does what others ask for.
      expect(readings).toBeGreaterThanOrEqual(Math.floor(page.seen / SLICE));
      found.push(...page.jobs);
      pages += 1;
      seen += page.seen;
      path = /<a rel="next" href="([^"]+)">/.exec(text)?.[1]?.replaceAll("&amp;", "&");
    }

    expect(found).toHaveLength(1);
    // And at some of the worker's own jobs, where one waited just then.
    expect(seen).toBeGreaterThanOrEqual(MANY);
    expect(pages).toBeGreaterThanOrEqual(MANY / LOOKED_AT);
    // As many jobs of the worker as ever run meanwhile: none waits for the search to end.
    expect((await waited()).length).toBeGreaterThan(pages);
  });

  it("is stopped by who does not go on", async () => {
    // It looks through queues itself, now and then.
    worker.kill("SIGKILL");
    await once(worker, "exit");
    const start = await watch.count(QUEUE);

    const page = await visitor.json<Page>("/jobs?place=queue&q=arg:nobody");
    const end = await watch.count(QUEUE);
    // What went on would be sent between these.
    for (let turn = 0; turn < 200; turn += 1) await redis.ping();

    expect(page.seen).toBe(LOOKED_AT);
    expect(end).toBeGreaterThan(start);
    expect(await watch.count(QUEUE)).toBe(end);
  });

  /** Resolves once so many jobs of the worker have run. */
  async function until(count: number): Promise<void> {
    const isThere = async (): Promise<boolean> => (await redis.llen("waited")) >= count;
    await vi.waitUntil(isThere, { timeout: 60_000 });
  }

  /** How many milliseconds each of them waited. Forgets them. */
  async function waited(): Promise<number[]> {
    const times = await redis.lrange("waited", 0, -1);
    await redis.ltrim("waited", times.length, -1);
    return times.map(Number);
  }

  async function fill(): Promise<void> {
    await redis.sadd("queues", QUEUE);
    const slice = 5_000;
    for (let from = 0; from < MANY; from += slice) {
      const some = Array.from({ length: slice }, (_, index) => payload(from + index));
      await redis.lpush(`queue:${QUEUE}`, ...some);
    }
  }
});

function payload(number: number): string {
  const who = number === MANY - 2 ? "needle" : `user${number}@example.org`;
  return JSON.stringify({
    class: "MandateJob",
    args: ["SendInvoice", who, { order: number }],
    queue: QUEUE,
    jid: number.toString(16).padStart(24, "0"),
    retry: true,
    created_at: 1_800_000_000_000,
    enqueued_at: 1_800_000_000_000,
  });
}

interface Page {
  readonly jobs: readonly unknown[];
  readonly seen: number;
  readonly next?: string;
}
