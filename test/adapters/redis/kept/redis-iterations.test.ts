import { RedisAdapter } from "mandate/redis";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LazyAdapter } from "../../../../src/adapters/lazy-adapter.ts";
import { MemoryAdapter } from "../../../../src/adapters/memory/memory-adapter.ts";
import { silentLogger } from "../../../../src/support/logger.ts";
import { RedisServer } from "../../../support/redis-server.ts";
import { missing } from "../../../support/requires.ts";

const JID = "4f1d8f0a9b3c7e6d5a2b1c0f";
const KEY = `it-${JID}`;

describe.skipIf(missing("redis"))("iterations in Redis", () => {
  let server: RedisServer;
  let adapter: RedisAdapter;
  let redis: Redis;

  beforeAll(async () => {
    server = await RedisServer.start();
    adapter = new RedisAdapter({ url: server.url, logger: silentLogger });
    redis = new Redis(server.url);
  });
  afterAll(async () => {
    redis?.disconnect();
    await adapter?.close();
    await server?.dispose();
  });

  it("are what Sidekiq 8.1 writes in flush_state", async () => {
    const { iterations } = adapter.notes;

    const isCancelled = await iterations?.write(JID, { executions: 2, cursor: "42", runtime: 1.5 });

    expect(isCancelled).toBe(false);
    expect(await redis.hgetall(KEY)).toEqual({ ex: "2", c: "42", rt: "1.5" });
    expect(await redis.ttl(KEY)).toBeGreaterThan(2_591_000);
  });

  it("expire 30 days after the first time", async () => {
    await redis.expire(KEY, 100);

    await adapter.notes.iterations.write(JID, { executions: 3, cursor: "43", runtime: 2 });

    expect(await redis.ttl(KEY)).toBeLessThanOrEqual(100);
  });

  it("say that cancel! was called", async () => {
    await redis.hsetnx(KEY, "cancelled", "1795000000");

    const state = { executions: 3, cursor: "44", runtime: 2 };
    expect(await adapter.notes.iterations.write(JID, state)).toBe(true);
    expect(await adapter.notes.iterations.read(JID)).toEqual({ ...state, isCancelled: true });
  });

  it("are there where a job was cancelled that never ran", async () => {
    await redis.del(KEY);
    await redis.hsetnx(KEY, "cancelled", "1795000000");

    expect(await adapter.notes.iterations.read(JID)).toEqual({
      executions: 0,
      cursor: "null",
      runtime: 0,
      isCancelled: true,
    });
  });

  it("count as not there, or begin anew, where somebody else wrote them", async () => {
    await redis.del(KEY);
    await redis.set(KEY, "text");
    expect(await adapter.notes.iterations.read(JID)).toBeUndefined();

    await redis.del(KEY);
    await redis.hset(KEY, { ex: "many", c: "{", rt: "-1" });
    expect(await adapter.notes.iterations.read(JID)).toMatchObject({
      executions: 0,
      cursor: "null",
      runtime: 0,
    });
  });

  it("are gone once they are deleted", async () => {
    await adapter.notes.iterations.delete(JID);

    expect(await redis.exists(KEY)).toBe(0);
    expect(await adapter.notes.iterations.read(JID)).toBeUndefined();
  });
});

it("has none behind an adapter whose store Ruby does not share", async () => {
  const memory = new MemoryAdapter({ logger: silentLogger });
  const { iterations } = new LazyAdapter(memory, async () => memory).notes;

  expect(await iterations?.read(JID)).toBeUndefined();
  expect(await iterations?.write(JID, { executions: 1, cursor: "1", runtime: 1 })).toBe(false);
  await iterations?.delete(JID);
  await memory.close();
});
