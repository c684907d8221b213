import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RedisAdapter } from "../../../src/adapters/redis/redis-adapter.ts";
import { silentLogger } from "../../../src/support/logger.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { missing } from "../../support/requires.ts";
import { done, jid, payloadOf } from "../contract/jobs.ts";
import { TestLease } from "../contract/test-lease.ts";

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

  it(
    "is a job's JSON and 120 bytes at most, and free again after",
    { timeout: 60_000 },
    async () => {
      const names = Array.from({ length: JOBS }, (_, index) => `n${index}`);
      const entries = names.map((name) => ({
        jid: jid(name),
        queue: "default",
        payload: payloadOf(name),
      }));
      // What is there once and for all: scripts, counters.
      await adapter.enqueue(entries.slice(0, 1));
      await drain(adapter);
      const before = await used(redis);

      await adapter.enqueue(entries);
      const waiting = await used(redis);
      const stored = await redis.lindex("queue:default", 0);
      await drain(adapter);
      const after = await used(redis);

      const json = Buffer.byteLength(stored ?? "");
      expect((waiting - before) / JOBS - json).toBeLessThan(120);
      expect(after - before).toBeLessThan(1_000_000);
      const keys = (await redis.keys("*")).filter(
        (key) => !/^(stat:|[jh]\||mandate:(sender:|(ends|over)$))/.test(key),
      );
      expect(keys).toEqual(["queues"]);
    },
  );
});

async function drain(adapter: RedisAdapter): Promise<void> {
  const lease = await TestLease.open(adapter, { identity: "host:1:aaaaaaaaaaaa", ttl: 60 });
  for (let jobs = await lease.fetch(500); jobs.length > 0; jobs = await lease.fetch(500)) {
    await lease.settle(...jobs.map(done));
  }
  await lease.close();
}

async function used(redis: Redis): Promise<number> {
  const [, bytes = "0"] = /^used_memory_dataset:(\d+)/m.exec(await redis.info("memory")) ?? [];
  return Number(bytes);
}
