import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { StoredJob } from "../../../../src/adapters/job-store.ts";
import { RedisAdapter } from "../../../../src/adapters/redis/redis-adapter.ts";
import { queue } from "../../../../src/inspection/lists/queue.ts";
import { silentLogger } from "../../../../src/support/logger.ts";
import { RedisServer } from "../../../support/redis-server.ts";
import { missing } from "../../../support/requires.ts";

const LIST = "queue:default";
const PLACE = { queue: "default" };
/** So many that most are looked for around their places. */
const JOBS = 6_000;

describe.skipIf(missing("redis"))("what is deep in a queue", () => {
  let server: RedisServer;
  let redis: Redis;
  let adapter: RedisAdapter;

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = new Redis(server.url);
  });

  beforeEach(() => {
    adapter = new RedisAdapter({ url: server.url, leaseThread: false, logger: silentLogger });
  });

  afterEach(async () => {
    await adapter.close();
    await redis.flushall();
  });

  afterAll(async () => {
    redis.disconnect();
    await server.dispose();
  });

  it("is deleted, and the others stay in their order", async () => {
    await push(0, JOBS);

    expect(await queue("default", adapter).deleteAll({ command: "Third" })).toBe(JOBS / 3);

    expect(await waiting()).toEqual(numbers(0, JOBS).filter((number) => number % 3 !== 0));
    expect(await redis.hlen("mandate:jobs")).toBe(JOBS - JOBS / 3);
  });

  it("is deleted once, however many delete it, while others fetch and enqueue as Ruby does", async () => {
    await push(0, JOBS);
    const others = Array.from({ length: 3 }, () => new Redis(server.url));
    const popped: number[] = [];
    let isOver = false;
    let last = JOBS;
    const fetching = others.slice(0, 2).map(async (other) => {
      while (!isOver) {
        const [, payload = ""] = (await other.brpop(LIST, 1)) ?? [];
        popped.push(numberOf(payload));
      }
    });
    const enqueueing = (async (): Promise<void> => {
      while (!isOver) {
        await others[2]?.lpush(LIST, payloadOf(last));
        last += 1;
      }
    })();

    const deleted = await Promise.all(
      [0, 1, 2].map(() => queue("default", adapter).deleteAll({ command: "Third" })),
    );
    isOver = true;
    await Promise.all([...fetching, enqueueing]);

    const left = await waiting();
    const seen = [...popped, ...left].toSorted((one, other) => one - other);
    expect(seen).toEqual([...new Set(seen)]);
    expect(seen.filter((number) => number % 3 !== 0)).toEqual(
      numbers(0, last).filter((number) => number % 3 !== 0),
    );
    expect(deleted.reduce((sum, count) => sum + count)).toBe(last - seen.length);
    expect(left).toEqual(left.toSorted((one, other) => one - other));
    others.forEach((other) => other.disconnect());
  });

  it("is found though it is not near where it was seen", async () => {
    await push(0, JOBS);
    const deep = await page(5_000);
    await redis.rpop(LIST, 4_000);
    await push(JOBS, JOBS + 10);

    expect(await adapter.store.deleteAll(PLACE, deep)).toBe(100);

    expect(await redis.llen(LIST)).toBe(JOBS - 4_000 + 10 - 100);
  });

  it("has left where it was fetched, and only what is there is killed", async () => {
    await push(0, JOBS);
    const deep = await page(2_000);
    await redis.rpop(LIST, 2_050);

    const moves = deep.map((job) => ({ job, payload: job.payload }));

    expect(await adapter.store.moveAll(PLACE, moves, "dead")).toBe(50);
    expect(await redis.zcard("dead")).toBe(50);
    expect(await waiting()).toEqual(numbers(2_100, JOBS));
  });

  it("is deleted by itself where two jobs have one payload", async () => {
    await push(0, JOBS);
    await redis.lpush(LIST, payloadOf(JOBS - 1));
    const deep = await page(JOBS - 100);

    expect(await adapter.store.deleteAll(PLACE, deep.slice(-1))).toBe(1);

    expect(await waiting()).toEqual([...numbers(0, JOBS - 1), JOBS - 1]);
  });

  async function push(first: number, end: number): Promise<void> {
    const jids = numbers(first, end).flatMap((number) => [`job${number}`, "q"]);
    await redis.hset("mandate:jobs", ...jids);
    await redis.lpush(LIST, ...numbers(first, end).map(payloadOf));
    await redis.sadd("queues", "default");
  }

  /** The hundred jobs before which there are so many. */
  async function page(depth: number): Promise<readonly StoredJob[]> {
    const { cursor } = await adapter.store.page(PLACE, undefined, depth);
    return (await adapter.store.page(PLACE, cursor, 100)).jobs;
  }

  /** The oldest first. */
  async function waiting(): Promise<number[]> {
    return (await redis.lrange(LIST, 0, -1)).toReversed().map(numberOf);
  }
});

function payloadOf(number: number): string {
  const command = number % 3 === 0 ? "Third" : "Other";
  const jid = `job${number}`;
  return JSON.stringify({ class: "MandateJob", args: [command, number], queue: "default", jid });
}

function numberOf(payload: string): number {
  return (JSON.parse(payload) as { readonly args: [string, number] }).args[1];
}

function numbers(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, index) => first + index);
}
