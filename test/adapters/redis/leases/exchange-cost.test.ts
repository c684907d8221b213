import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { Entry } from "../../../../src/adapters/adapter.ts";
import { RedisAdapter } from "../../../../src/adapters/redis/redis-adapter.ts";
import { silentLogger } from "../../../../src/support/logger.ts";
import { RedisServer } from "../../../support/redis-server.ts";
import { missing } from "../../../support/requires.ts";
import { done, jid, payloadOf, withPriority } from "../../../../src/adapter-contract/jobs.ts";
import { TestLease } from "../../../../src/adapter-contract/test-lease.ts";

/** What each of Redis's commands costs beyond those that are counted here. */
const NOT_COUNTED = ["evalsha", "eval", "info", "config|resetstat"];

describe.skipIf(missing("redis"))("what Redis is asked to do, where no job has a priority", () => {
  let server: RedisServer;
  let redis: Redis;
  let adapter: RedisAdapter;
  let lease: TestLease;

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = new Redis(server.url);
  });

  beforeEach(async () => {
    await redis.flushall();
    adapter = new RedisAdapter({ url: server.url, leaseThread: false, logger: silentLogger });
    onTestFinished(() => adapter.close());
    lease = await TestLease.open(adapter, { identity: "host:1:costs", ttl: 60 });
    onTestFinished(() => lease.close());
    // Scripts are known, and the queue's name is.
    await adapter.enqueue([job("first")]);
    await adapter.enqueue([job("second"), job("third")]);
    await lease.settle(...(await lease.fetch(3)).map((each) => done(each)));
    await adapter.enqueue(["a", "b", "c", "d"].map((name) => job(name)));
  });

  afterAll(async () => {
    redis.disconnect();
    await server.dispose();
  });

  it("settling and fetching", async () => {
    const fetched = await lease.fetch(2);

    const asked = await askedFor(() =>
      lease.exchange(
        fetched.map((each) => done(each)),
        { queues: ["default"], limit: 2 },
      ),
    );

    expect(asked).toEqual({
      exists: 1,
      hdel: 2,
      hget: 1,
      hset: 1,
      incrby: 2,
      rpop: 1,
      time: 1,
      zscore: 1,
    });
  });

  it("enqueueing one job", async () => {
    const asked = await askedFor(() => adapter.enqueue([job("one")]));

    expect(asked).toEqual({ hsetnx: 1, lpushx: 1, sadd: 1, time: 1 });
  });

  it("enqueueing many", async () => {
    const asked = await askedFor(() => adapter.enqueue([job("one"), job("two")]));

    expect(asked).toEqual({ hmget: 1, hset: 1, llen: 1, lpush: 1, sadd: 1, time: 1 });
  });

  it("two questions more at an exchange, where another queue has jobs with a priority", async () => {
    await adapter.enqueue([{ ...job("urgent", -1), queue: "other" }]);

    const asked = await askedFor(() => lease.exchange([], { queues: ["default"], limit: 2 }));

    expect(asked).toEqual({
      exists: 2,
      hget: 1,
      hset: 1,
      rpop: 1,
      smembers: 1,
      time: 1,
      zscore: 1,
    });
  });

  /** By command, the scripts' own among them. */
  async function askedFor(deed: () => Promise<unknown>): Promise<Record<string, number>> {
    await redis.config("RESETSTAT");
    await deed();
    const stats = await redis.info("commandstats");
    const counts = [...stats.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)].map(
      ([, name = "", calls]) => [name, Number(calls)] as const,
    );
    return Object.fromEntries(counts.filter(([name]) => !NOT_COUNTED.includes(name)));
  }
});

function job(name: string, priority = 0): Entry {
  const payload = withPriority(payloadOf(name), priority);
  return { jid: jid(name), queue: "default", payload, priority };
}
