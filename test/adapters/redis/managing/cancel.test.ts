import { Redis } from "ioredis";
import { Command } from "mandate";
import { Worker } from "mandate/worker";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { RedisAdapter } from "../../../../src/adapters/redis/redis-adapter.ts";
import { settings } from "../../../../src/job/settings/settings.ts";
import { silentLogger } from "../../../../src/support/logger.ts";
import { RedisServer } from "../../../support/redis-server.ts";
import { missing } from "../../../support/requires.ts";
import { Log } from "../../../worker/log.ts";
import { done, jid, payloadOf, retry } from "../../../../src/adapter-contract/jobs.ts";
import { TestLease } from "../../../../src/adapter-contract/test-lease.ts";

const MARKS = "mandate:cancelled";

describe.skipIf(missing("redis"))("cancelling in Redis", () => {
  let server: RedisServer;
  let redis: Redis;
  let adapter: RedisAdapter;

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = new Redis(server.url);
  });

  afterAll(async () => {
    redis.disconnect();
    await server.dispose();
  });

  beforeEach(async () => {
    await redis.flushall();
    adapter = connect();
    onTestFinished(() => adapter.close());
  });

  const connect = (): RedisAdapter =>
    new RedisAdapter({ url: server.url, leaseThread: false, logger: silentLogger });

  async function lease(): Promise<TestLease> {
    const opened = await TestLease.open(adapter, { identity: "host:1:aaaaaaaaaaaa", ttl: 60 });
    onTestFinished(() => opened.close());
    return opened;
  }

  async function enqueue(...names: readonly string[]): Promise<void> {
    await adapter.enqueue(
      names.map((name) => ({ jid: jid(name), queue: "default", payload: payloadOf(name) })),
    );
  }

  it("leaves no mark of a job that waited, nor of one that ended", async () => {
    await enqueue("a", "b");
    const worker = await lease();
    const job = await worker.fetchOne();

    await adapter.store.cancel(jid("b"));
    expect(await redis.exists(MARKS)).toBe(0);
    await adapter.store.cancel(jid("a"));
    expect(await redis.zrange(MARKS, "0", "-1")).toEqual([jid("a")]);
    await worker.settle(done(job));

    expect(await redis.exists(MARKS)).toBe(0);
  });

  it("marks a job that Ruby has taken, for a day at most", async () => {
    await enqueue("a");
    await redis.rpop("queue:default");

    expect(await adapter.store.cancel(jid("a"))).toBe(true);

    expect(await redis.zrange(MARKS, "0", "-1")).toEqual([jid("a")]);
    expect(await redis.ttl(MARKS)).toBe(86_400);
  });

  it("forgets marks that are a day old", async () => {
    await redis.zadd(MARKS, 1_000, jid("old"));
    await enqueue("a");
    await (await lease()).fetch();

    await adapter.store.cancel(jid("a"));

    expect(await redis.zrange(MARKS, "0", "-1")).toEqual([jid("a")]);
  });

  it("finds a job that Ruby enqueued where it runs, and not where it waits", async () => {
    await redis.sadd("queues", "default");
    await redis.lpush("queue:default", payloadOf("a"));
    const waiting = await adapter.store.cancel(jid("a"));
    const worker = await lease();
    const job = await worker.fetchOne();

    await worker.hearsOfCancel(jid("a"), () => adapter.store.cancel(jid("a")));
    await worker.settle(retry(job, 4_000_000_000));

    expect(waiting).toBe(false);
    expect(await redis.zcard("retry")).toBe(0);
  });

  it("gives back what names several jids when a lease is closed, and tells its next worker", async () => {
    const payload = payloadOf("a").replace('["a",0]', `["a",{"jid":"${jid("b")}"}]`);
    await adapter.enqueue([{ jid: jid("a"), queue: "default", payload }]);
    const first = await lease();
    await first.fetch();
    await adapter.store.cancel(jid("a"));
    await first.close();
    expect(await adapter.status(jid("a"))).toBe("enqueued");

    const log = new Log();
    const worker = new Worker({ adapter, logger: log });
    onTestFinished(() => worker.stop());
    await worker.start();
    await log.line(/^Cancelled job .* (before it began|while it ran)/);
    while ((await adapter.status(jid("a"))) !== "cancelled");

    expect(await redis.exists(MARKS)).toBe(0);
  });

  it("is heard of each second by a worker that Redis does not tell of changes", async () => {
    await redis.call("ACL", "SETUSER", "default", "-client|tracking");
    onTestFinished(() => void redis.call("ACL", "SETUSER", "default", "+client|tracking"));
    await enqueue("a", "b");
    const worker = await lease();
    await worker.fetch();

    const heard = worker.hearsOfCancel(jid("a"), () => adapter.store.cancel(jid("a")));
    await expect(heard).resolves.toBeUndefined();
    const heardAgain = worker.hearsOfCancel(jid("b"), () => adapter.store.cancel(jid("b")));
    await expect(heardAgain).resolves.toBeUndefined();
  });

  it("is heard of by a worker whose connection broke at that very moment", async () => {
    await enqueue("a");
    const worker = await lease();
    await worker.fetch();
    const clients = String(await redis.client("LIST"));
    const [, id = ""] = /^id=(\d+) .* name=mandate-watch /m.exec(clients) ?? [];

    const heard = worker.hearsOfCancel(jid("a"), () =>
      redis.multi().client("KILL", "ID", id).zadd(MARKS, 4_000_000_000, jid("a")).exec(),
    );

    await expect(heard).resolves.toBeUndefined();
  });

  it("aborts the signal of a job that another process's worker runs, which is told", async () => {
    let begin = (_signal: AbortSignal): void => undefined;
    const begun = new Promise<AbortSignal>((resolve) => (begin = resolve));
    class Import extends Command {
      async call(): Promise<void> {
        const { signal } = this;
        const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
        begin(signal);
        await aborted;
        signal.throwIfAborted();
      }
    }
    Object.assign(settings(), { adapter, logger: silentLogger, reloading: true });
    const log = new Log();
    const worker = new Worker({ adapter: connect(), logger: log });
    onTestFinished(() => worker.stop());
    await worker.start();
    const job = await Import.defer();
    await begun;

    expect(await job.cancel()).toBe(true);
    // The worker never looks for it by itself: it is told.
    await log.line(/^Cancelled Import while it ran$/);

    while ((await job.status()) !== "cancelled");
    expect(await redis.zcard("retry")).toBe(0);
  });
});
