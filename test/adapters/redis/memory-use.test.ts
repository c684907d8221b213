import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RedisAdapter } from "../../../src/adapters/redis/redis-adapter.ts";
import { silentLogger } from "../../../src/support/logger.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { missing } from "../../support/requires.ts";
import { done, jid, payloadOf, withPriority } from "../../../src/adapter-contract/jobs.ts";
import { TestLease } from "../../../src/adapter-contract/test-lease.ts";

const JOBS = 100_000;

describe.skipIf(missing("redis"))("Redis's memory", () => {
  let server: RedisServer;
  let redis: Redis;
  let adapter: RedisAdapter;

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = new Redis(server.url);
    adapter = new RedisAdapter({ url: server.url, leaseThread: false, logger: silentLogger });
  });

  afterAll(async () => {
    redis.disconnect();
    await adapter.close();
    await server.dispose();
  });

  it.each([
    ["120", 0, 120],
    ["250 where it has a priority", 5, 250],
  ])(
    "is a job's JSON and %s bytes at most, and free again after",
    { timeout: 60_000 },
    async (_case, priority, most) => {
      await redis.flushall();
      const open = await TestLease.open(adapter, { identity: "host:1:looks", ttl: 60 });
      const names = Array.from({ length: JOBS }, (_, index) => `n${index}`);
      const entries = names.map((name) => ({
        jid: jid(name),
        queue: "default",
        payload: withPriority(payloadOf(name), priority),
        priority,
      }));
      // What is there once and for all: scripts, counters.
      await adapter.enqueue(entries.slice(0, 1));
      await drain(adapter);
      const before = await used(redis);

      await adapter.enqueue(entries);
      const waiting = await used(redis);
      const [stored] = (await adapter.store.page({ queue: "default" }, undefined, 1)).jobs;
      await drain(adapter);
      const after = await used(redis);

      const json = Buffer.byteLength(stored?.payload ?? "");
      expect((waiting - before) / JOBS - json).toBeLessThan(most);
      expect(after - before).toBeLessThan(1_000_000);
      await open.close();
      const keys = (await redis.keys("*")).filter(
        (key) => !/^(stat:|[jh]\||mandate:(sender:|(ends|over|sequence)$))/.test(key),
      );
      expect(keys).toEqual(["queues"]);
    },
  );
});

async function drain(adapter: RedisAdapter): Promise<void> {
  const lease = await TestLease.open(adapter, { identity: "host:1:aaaaaaaaaaaa", ttl: 60 });
  for (let jobs = await lease.fetch(500); jobs.length > 0; jobs = await lease.fetch(500)) {
    await lease.settle(...jobs.map((job) => done(job)));
  }
  await lease.close();
}

async function used(redis: Redis): Promise<number> {
  const [, bytes = "0"] = /^used_memory_dataset:(\d+)/m.exec(await redis.info("memory")) ?? [];
  return Number(bytes);
}
