import { gunzipSync, gzipSync } from "node:zlib";
import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Profile } from "../../../../src/adapters/job-notes.ts";
import { AdapterError } from "../../../../src/adapters/adapter-error.ts";
import { RedisAdapter } from "../../../../src/adapters/redis/redis-adapter.ts";
import { silentLogger } from "../../../../src/support/logger.ts";
import { RedisServer } from "../../../support/redis-server.ts";
import { missing } from "../../../support/requires.ts";

const DAY = 86_400;
const PROFILE: Profile = {
  name: "slow",
  jid: "4f1d",
  className: "Import",
  startedAt: 1_700_000_000.75,
  seconds: 1.25,
  format: "cpuprofile",
  data: gzipSync('{"nodes":[]}'),
};

describe.skipIf(missing("redis"))("profiles in Redis", () => {
  let server: RedisServer;
  let redis: Redis;
  let adapter: RedisAdapter;

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = new Redis(server.url);
    adapter = new RedisAdapter({ url: server.url, logger: silentLogger });
  });
  afterAll(async () => {
    await adapter?.close();
    redis?.disconnect();
    await server?.dispose();
  });
  beforeEach(async () => void (await redis.flushall()));

  it("are where Sidekiq 8 looks for them, as it reads them, for a day", async () => {
    const now = Date.now() / 1000;

    await adapter.notes.writeProfile(PROFILE);

    expect(await redis.zrange("profiles", "0", "-1")).toEqual(["slow-4f1d"]);
    expect(Number(await redis.zscore("profiles", "slow-4f1d")) - now).toBeCloseTo(DAY, -1);
    expect(await redis.ttl("slow-4f1d")).toBeGreaterThan(DAY - 10);
    const { data, ...fields } = await redis.hgetall("slow-4f1d");
    expect(data).toBeDefined();
    expect(fields).toEqual({
      started_at: "1700000000",
      jid: "4f1d",
      type: "Import",
      token: "slow",
      size: String(PROFILE.data.length),
      elapsed: "1.25",
      format: "cpuprofile",
    });
    const bytes = await redis.hgetBuffer("slow-4f1d", "data");
    expect(String(gunzipSync(bytes ?? ""))).toBe('{"nodes":[]}');
  });

  it("of Ruby are listed and handed out, and not removed for ours", async () => {
    const data = gzipSync('{"meta":{}}');
    const fields = { started_at: 1_700_000_000, token: "r", type: "HardJob", jid: "a1" };
    await redis.hset("r-a1", { ...fields, elapsed: 2.5, size: data.length, filename: "x", data });
    await redis.zadd("profiles", Date.now() / 1000 + 60, "r-a1");
    for (let index = 0; index < 51; index += 1) {
      await adapter.notes.writeProfile({ ...PROFILE, jid: `job${index}` });
    }

    const kept = await adapter.notes.readProfiles();

    expect(kept.at(-1)).toEqual({
      key: "r-a1",
      name: "r",
      jid: "a1",
      className: "HardJob",
      startedAt: 1_700_000_000,
      seconds: 2.5,
      size: data.length,
      format: "vernier",
    });
    expect(Buffer.from((await adapter.notes.readProfile("r-a1")) ?? [])).toEqual(data);
  });

  it("that are none are passed over", async () => {
    const later = Date.now() / 1000 + 60;
    await redis.set("text", "no hash");
    await redis.hset("odd", { token: "odd", jid: "b", started_at: "soon", elapsed: "x", size: "" });
    await redis.zadd("profiles", later, "text", later, "gone", later, "odd", 1, "old");
    await redis.hset("old", { token: "old", jid: "c" });

    expect(await adapter.notes.readProfiles()).toEqual([
      {
        key: "odd",
        name: "odd",
        jid: "b",
        className: "",
        startedAt: 0,
        seconds: 0,
        size: 0,
        format: "vernier",
      },
    ]);
    await redis.set("profiles", "no zset");
    expect(await adapter.notes.readProfiles()).toEqual([]);
  });

  it("leave no connection behind, and say that Redis is away", async () => {
    await adapter.notes.writeProfile(PROFILE);
    const away = new RedisAdapter({ url: "redis://127.0.0.1:1", logger: silentLogger });

    const refusal = away.notes.readProfile("slow-4f1d");

    await expect(refusal).rejects.toThrow(AdapterError);
    await expect(refusal).rejects.toThrow(
      'Cannot move a profile: Redis is unreachable, "connect ECONNREFUSED 127.0.0.1:1". ' +
        "Check that it runs and can be reached from here",
    );
    await away.close();
    expect(await redis.client("LIST")).not.toContain("name=mandate-profiles");
  });
});
