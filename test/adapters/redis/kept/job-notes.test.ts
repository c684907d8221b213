import { Redis } from "ioredis";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Outcome } from "../../../../src/adapters/adapter.ts";
import { RedisAdapter } from "../../../../src/adapters/redis/redis-adapter.ts";
import { JobHandle } from "../../../../src/job/handle/job-handle.ts";
import { silentLogger } from "../../../../src/support/logger.ts";
import { RedisServer } from "../../../support/redis-server.ts";
import { missing } from "../../../support/requires.ts";
import { done, jid, nameOf, payloadOf } from "../../../../src/adapter-contract/jobs.ts";
import { TestLease } from "../../../../src/adapter-contract/test-lease.ts";

describe.skipIf(missing("redis"))("What jobs leave in Redis", () => {
  it("is progress for an hour, and results for as long as they are kept", async () => {
    const { adapter, redis } = await start();
    await adapter.enqueue([entry("a")]);
    await adapter.notes.writeProgress([{ jid: jid("a"), done: 1, total: 2, at: 3 }]);

    await finish(adapter, 90);

    expect(await redis.ttl(`mandate:progress:${jid("a")}`)).toBeGreaterThan(3_590);
    const left = await redis.pttl(`mandate:result:${jid("a")}`);
    expect([left > 80_000, left <= 90_000]).toEqual([true, true]);
  });

  it("is heard of over one connection, however many wait, and it stays when they have left", async () => {
    const { adapter, redis } = await start();
    const names = Array.from({ length: 60 }, (_, index) => `job${index}`);
    await adapter.enqueue(names.map(entry));
    const results = names.map((name) => handle(adapter, name).result({ timeout: 20 }));
    await subscriptions(redis, 60);

    await finish(adapter);
    const outputs = await Promise.all(results);

    expect(outputs).toEqual(names);
    await subscriptions(redis, 0);
    const list = (await redis.client("LIST")) as string;
    expect(list.match(/ name=mandate-results /g)).toHaveLength(1);
  });

  it("is heard of again after the connection was lost, and looked for then", async () => {
    const { adapter, redis } = await start();
    await adapter.enqueue([entry("a")]);
    let heard = 0;
    const listening = adapter.notes.listen(jid("a"), () => (heard += 1));
    onTestFinished(() => listening.stop());
    await listening.ready;

    await redis.call("CLIENT", "KILL", "TYPE", "pubsub");
    await until(async () => heard === 1);
    await finish(adapter);
    await until(async () => heard > 1);

    expect(heard).toBe(2);
  });

  it("reaches who waits while Redis is restarted", { timeout: 60_000 }, async () => {
    const { adapter, server } = await start(["--appendonly", "yes", "--appendfsync", "always"]);
    await adapter.enqueue([entry("a")]);
    const result = handle(adapter, "a").result({ timeout: 40 });

    await server.kill();
    await server.run();
    await until(async () => (await adapter.status(jid("a")).catch(() => "away")) === "enqueued");
    await finish(adapter);

    expect(await result).toBe("a");
  });

  it("reaches who waits where nobody may subscribe, a second later", async () => {
    const { adapter, redis } = await start();
    await redis.call("ACL", "SETUSER", "default", "-subscribe");
    await adapter.enqueue([entry("a")]);
    const result = handle(adapter, "a").result({ timeout: 20 });

    await finish(adapter);

    expect(await result).toBe("a");
  });

  it.each([
    "",
    "done",
    "[1]",
    "null",
    "42",
    '{"args":5}',
    '{"failed":"yes"}',
    '{"failed":{"errorClass":5}}',
    '{"none":"gone"}',
  ])("is no result where another has written in its place: %s", async (text) => {
    const { adapter, redis } = await start();
    await redis.set(`mandate:result:${jid("a")}`, text);

    const result = handle(adapter, "a").result();

    await expect(result).rejects.toMatchObject({
      code: "MANDATE_RESULT_UNAVAILABLE",
      reason: "unreadable",
      message:
        `Cannot get the result of Job ${jid("a")}: the job is over, and what the store has in place of its result ` +
        "is nothing that a worker wrote. Find out who else writes there",
    });
  });

  it("is none either where that is of another type, and tells how a dead job failed all the same", async () => {
    const { adapter, redis } = await start();
    await redis.hset(`mandate:result:${jid("a")}`, "other", 1);
    await adapter.enqueue([entry("b")]);
    const lease = await TestLease.open(adapter, { identity: "host:1:aaaaaaaaaaaa", ttl: 60 });
    const payload = JSON.stringify({ jid: jid("b"), error_class: "E", error_message: ["?"] });
    await lease.settle({ ...done(await lease.fetchOne()), kind: "dead", payload });
    await lease.close();
    await redis.set(`mandate:result:${jid("b")}`, "?");

    await expect(handle(adapter, "a").result()).rejects.toMatchObject({ reason: "gone" });
    expect(await handle(adapter, "a").status()).toBe("finished");
    await expect(handle(adapter, "b").result()).rejects.toMatchObject({
      outcome: "dead",
      errorClass: "E",
      errorMessage: "",
    });
  });

  it("costs who asks for nothing no key and no connection", async () => {
    const { adapter, redis } = await start();
    await adapter.enqueue([entry("a")]);
    const lease = await TestLease.open(adapter, { identity: "host:1:aaaaaaaaaaaa", ttl: 60 });
    await lease.settle(done(await lease.fetchOne()));
    await lease.close();

    expect(await redis.keys("mandate:result:*")).toEqual([]);
    expect(await redis.keys("mandate:progress:*")).toEqual([]);
    expect(await redis.client("LIST")).not.toContain("mandate-results");
  });

  it("is not waited for any longer by an adapter that was closed", async () => {
    const { adapter } = await start();
    const listening = adapter.notes.listen(jid("a"), () => undefined);
    await listening.ready;

    await adapter.close();
    listening.stop();

    await expect(adapter.notes.listen(jid("b"), () => undefined).ready).rejects.toThrow(
      "adapter was closed",
    );
  });
});

async function start(
  options: readonly string[] = [],
): Promise<{ server: RedisServer; adapter: RedisAdapter; redis: Redis }> {
  const server = await RedisServer.start(options);
  const adapter = new RedisAdapter({ url: server.url, leaseThread: false, logger: silentLogger });
  const redis = new Redis(server.port);
  redis.on("error", () => undefined);
  onTestFinished(async () => {
    await adapter.close();
    redis.disconnect();
    await server.dispose();
  });
  return { server, adapter, redis };
}

/** Runs all there is to its end: each leaves its name. */
async function finish(adapter: RedisAdapter, seconds = 60): Promise<void> {
  const lease = await TestLease.open(adapter, { identity: "host:1:aaaaaaaaaaaa", ttl: 60 });
  const jobs = await lease.fetch(100);
  const outcomes = jobs.map((job) => {
    const text = JSON.stringify({ args: [nameOf(job.payload)] });
    return { ...done(job), result: { text, seconds } } as Outcome;
  });
  await lease.settle(...outcomes);
  await lease.close();
}

function entry(name: string): { jid: string; queue: string; payload: string } {
  return { jid: jid(name), queue: "default", payload: payloadOf(name) };
}

function handle(adapter: RedisAdapter, name: string): JobHandle<string> {
  const record = { class: "Job", args: [name], queue: "default", jid: jid(name) };
  return new JobHandle({ record, className: "Job", arguments: [name], adapter });
}

async function subscriptions(redis: Redis, count: number): Promise<void> {
  await until(async () => (await redis.pubsub("CHANNELS")).length === count);
}

/** A test that waits in vain runs out of its time. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
