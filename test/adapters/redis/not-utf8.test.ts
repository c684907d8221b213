import { Redis } from "ioredis";
import { Command, configure, registerCommands } from "mandate";
import { Worker } from "mandate/worker";
import { RedisAdapter } from "mandate/redis";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { settings } from "../../../src/job/settings/settings.ts";
import { silentLogger } from "../../../src/support/logger.ts";
import type { RedisServer } from "../../support/redis-server.ts";
import { startRedis } from "./redis-store.ts";

/** What a producer wrote that has no UTF-8: the text "caf\xe9", in Latin-1. */
const BYTES = Buffer.from(
  '{"class":"MandateJob","args":["Latin1","caf\xe9"],"jid":"0123456789abcdef01234567","queue":"latin","retry":true}',
  "latin1",
);
const JID = "0123456789abcdef01234567";

const seen: string[] = [];
let failing = false;

class Latin1 extends Command.initializeWith((name: string) => ({ name })) {
  call() {
    seen.push(this.name);
    if (failing) throw new Error("not now");
  }
}

let server: RedisServer;
let client: Redis;
let adapter: RedisAdapter;
const before = { ...settings() };

beforeAll(async () => {
  server = await startRedis();
  client = new Redis(server.url);
  registerCommands(Latin1);
});
afterAll(async () => {
  client.disconnect();
  await server.dispose();
});
afterEach(async () => {
  await adapter.close();
  Object.assign(settings(), before);
  seen.length = 0;
  failing = false;
  await client.flushall();
});

describe("a job whose bytes are not UTF-8", () => {
  it("runs once, with U+FFFD in their place, and is done", async () => {
    await workOff();

    expect(seen).toEqual(["caf\ufffd"]);
    expect(await client.dbsize()).toBeGreaterThan(0);
    expect(await leftOf(JID)).toEqual([]);
  });

  it("is written anew when it is retried, as UTF-8 with U+FFFD", async () => {
    failing = true;
    await workOff();

    const [payload] = await client.zrangeBuffer("retry", "0", "-1");

    expect(payload?.includes(Buffer.from("caf\ufffd"))).toBe(true);
    expect(JSON.parse(String(payload))).toMatchObject({ error_message: "not now", retry_count: 0 });
  });

  it("is moved with its bytes when it is due, and is due no more", async () => {
    adapter = new RedisAdapter({ url: server.url, logger: silentLogger, leaseThread: false });
    await client.zadd("schedule", 1, BYTES);

    const { promoted } = await adapter.promoteDue();

    const [payload] = await client.lrangeBuffer("queue:latin", "0", "-1");
    expect(promoted).toBe(1);
    expect(payload?.includes(BYTES.subarray(0, -1))).toBe(true);
    expect(await client.zcard("schedule")).toBe(0);
  });

  it("is given back as it was", async () => {
    adapter = new RedisAdapter({ url: server.url, logger: silentLogger, leaseThread: false });
    await client.lpush("queue:latin", BYTES);
    const lease = await adapter.lease({
      identity: "host:1:0",
      ttl: 60,
      info: { hostname: "host", pid: 1, tag: "", startedAt: 0, queues: [], concurrency: 1 },
      state: () => ({ quiet: false, busy: 1 }),
      onWork: () => {},
      onDue: () => {},
    });

    const { jobs } = await lease.exchange([], { queues: ["latin"], limit: 1 });
    await lease.close();

    expect(jobs).toHaveLength(1);
    expect(await client.lrangeBuffer("queue:latin", "0", "-1")).toEqual([BYTES]);
  });
});

/** Runs what waits; what fails is left in the retry set. */
async function workOff(): Promise<void> {
  adapter = new RedisAdapter({ url: server.url, logger: silentLogger });
  configure({ adapter, logger: silentLogger });
  await client.sadd("queues", "latin");
  await client.lpush("queue:latin", BYTES);
  const worker = new Worker({ adapter, concurrency: 1, logger: silentLogger });
  await worker.start();
  await expect.poll(() => seen.length).toBe(1);
  await expect.poll(() => client.zcard("retry")).toBe(Number(failing));
  await worker.stop();
}

/** The keys that hold anything of a job. */
async function leftOf(jid: string): Promise<string[]> {
  const keys = await client.keys("*");
  const held = await Promise.all(
    keys.map(async (key) => ((await client.dumpBuffer(key)).includes(jid) ? [key] : [])),
  );
  return held.flat();
}
