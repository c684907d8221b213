import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { Place } from "../../../../src/adapters/job-store.ts";
import { RedisAdapter } from "../../../../src/adapters/redis/redis-adapter.ts";
import { silentLogger } from "../../../../src/support/logger.ts";
import { RedisServer } from "../../../support/redis-server.ts";
import { missing } from "../../../support/requires.ts";
import { jid } from "../../../../src/adapter-contract/jobs.ts";

const MB = 1024 * 1024;
const SIZES = [10, 600_000, 600_000, 5 * MB, 10, 20, 30, 400_000, 500_000, 300_000, 10, 5 * MB];

describe.skipIf(missing("redis"))("a page of large jobs", () => {
  let server: RedisServer;
  let redis: Redis;

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = new Redis(server.url);
  });

  afterAll(async () => {
    redis?.disconnect();
    await server?.dispose();
  });

  it.each<[string, Place, readonly number[]]>([
    ["queue", { queue: "default" }, SIZES],
    ["scheduled", { set: "scheduled" }, SIZES],
    ["retry", { set: "retry" }, SIZES],
    ["dead", { set: "dead" }, SIZES.toReversed()],
  ])("holds a megabyte, or one job: %s", async (what, place, expected) => {
    const { adapter, prefix } = opened();
    for (const [index, bytes] of SIZES.entries()) {
      const payload = payloadOf(index, bytes);
      await (what === "queue"
        ? redis.lpush(`${prefix}queue:default`, payload)
        : redis.zadd(`${prefix}${what === "scheduled" ? "schedule" : what}`, 4e9 + index, payload));
    }
    await redis.script("FLUSH");

    const pages: number[][] = [];
    let cursor: string | undefined;
    do {
      const page = await adapter.store.page(place, cursor, 100);
      pages.push(page.jobs.map(({ payload }) => sizeOf(payload)));
      ({ cursor } = page);
    } while (cursor !== undefined);

    expect(pages.flat()).toEqual(expected);
    for (const page of pages.filter(({ length }) => length > 1)) {
      expect(page.reduce((sum, bytes) => sum + bytes)).toBeLessThan(MB);
    }
    expect(pages.length).toBeLessThan(9);
  });

  it.each(["blocked", "finished"] as const)("holds a megabyte, or one job: %s", async (set) => {
    const { adapter, prefix } = opened();
    for (const [index, bytes] of SIZES.entries()) {
      const payload = payloadOf(index, bytes);
      const hash = `${prefix}mandate:${set === "blocked" ? "waiting" : "finished-jobs"}`;
      const stored =
        set === "blocked" ? `\nrelease\ndefault\n${payload}` : `Job\ndefault\n${payload}`;
      await redis.hset(hash, jid(`n${index}`), stored);
      await redis.zadd(`${prefix}mandate:${set}`, 1_000 + index, jid(`n${index}`));
    }

    const pages: number[][] = [];
    let cursor: string | undefined;
    do {
      const page = await adapter.store.page({ set }, cursor, 100);
      pages.push(page.jobs.map(({ payload }) => sizeOf(payload)));
      ({ cursor } = page);
    } while (cursor !== undefined);

    expect(pages.flat()).toEqual(set === "blocked" ? SIZES : SIZES.toReversed());
    for (const page of pages.filter(({ length }) => length > 1)) {
      expect(page.reduce((sum, bytes) => sum + bytes)).toBeLessThan(MB);
    }
  });

  it("is not what workers run, of whom all are told, in parts", async () => {
    const { adapter, prefix } = opened();
    await redis.zadd(`${prefix}mandate:leases`, "+inf", "host:1:a");
    await redis.hset(`${prefix}mandate:lease:host:1:a`, "number", 1);
    await redis.sadd(`${prefix}processes`, "host:2:b");
    await redis.hset(`${prefix}host:2:b`, "info", "{}", "beat", 1_700_000_000);
    for (const [index, bytes] of SIZES.entries()) {
      const payload = payloadOf(index, bytes);
      const receipt = `1:${String(index).padStart(3, "0")}:1700000000000:a:b`;
      await redis.hset(`${prefix}mandate:lease:host:1:a`, receipt, payload);
      const work = JSON.stringify({ queue: "default", payload, run_at: 1_700_000_000 });
      await redis.hset(`${prefix}host:2:b:work`, `t${index}`, work);
    }
    const running = await adapter.store.running();
    const [ruby] = await adapter.store.foreignProcesses();

    const bySize = SIZES.toSorted((one, other) => one - other);
    expect(sizesOf(running)).toEqual(bySize);
    expect(sizesOf(ruby?.running ?? [])).toEqual(bySize);
    expect(running[0]).toMatchObject({
      identity: "host:1:a",
      queue: "a:b",
      startedAt: 1_700_000_000,
    });
  });

  it("goes on where jobs have left meanwhile, however large the last one seen was", async () => {
    const { adapter, prefix } = opened();
    const key = `${prefix}queue:default`;
    for (const [index, bytes] of [10, 20, 2 * MB, 40, 50, 60].entries()) {
      await redis.lpush(key, payloadOf(index, bytes));
    }
    const place = { queue: "default" };
    const first = await adapter.store.page(place, undefined, 2);
    const second = await adapter.store.page(place, first.cursor, 2);

    await redis.rpop(key, 2);
    const third = await adapter.store.page(place, second.cursor, 2);
    await redis.rpop(key, 2);
    const again = await adapter.store.page(place, second.cursor, 2);

    expect(second.jobs.map(({ payload }) => sizeOf(payload))).toEqual([2 * MB]);
    expect(third.jobs.map(({ payload, depth }) => [sizeOf(payload), depth])).toEqual([
      [40, 1],
      [50, 2],
    ]);
    expect(again.jobs.map(({ payload, depth }) => [sizeOf(payload), depth])).toEqual([
      [50, 0],
      [60, 1],
    ]);
  });

  it("holds no more of what is due either, and all of it is promoted", async () => {
    const { adapter, prefix } = opened();
    for (const [index, bytes] of SIZES.entries()) {
      await redis.zadd(
        `${prefix}${index % 2 === 0 ? "schedule" : "retry"}`,
        1_000 + index,
        payloadOf(index, bytes),
      );
    }
    const before = await sentBy(redis);

    const { promoted } = await adapter.promoteDue(3);
    const sent = (await sentBy(redis)) - before;
    const rest = await adapter.promoteDue();

    expect([promoted, rest]).toEqual([3, { promoted: SIZES.length - 3, nextAt: undefined }]);
    expect(sent).toBeLessThan(5 * MB);
  });

  function opened(): { adapter: RedisAdapter; prefix: string } {
    const prefix = `pages-${Math.random()}:`;
    const redisOptions = { commandTimeout: 3_000 };
    const adapter = new RedisAdapter({
      url: server.url,
      keyPrefix: prefix,
      redis: redisOptions,
      logger: silentLogger,
    });
    onTestFinished(() => adapter.close());
    return { adapter, prefix };
  }
});

function payloadOf(index: number, bytes: number): string {
  const args = ["x".repeat(bytes)];
  return JSON.stringify({ class: "Job", args, queue: "default", jid: jid(`n${index}`) });
}

function sizeOf(payload: string): number {
  const { args } = JSON.parse(payload) as { readonly args: readonly [string] };
  return args[0].length;
}

/** The smallest first. */
function sizesOf(jobs: readonly { readonly payload: string }[]): number[] {
  return jobs.map(({ payload }) => sizeOf(payload)).toSorted((one, other) => one - other);
}

/** Bytes that the server has sent to anybody. */
async function sentBy(redis: Redis): Promise<number> {
  return Number(/total_net_output_bytes:(\d+)/.exec(await redis.info("stats"))?.[1]);
}
