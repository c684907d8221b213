import { Redis } from "ioredis";
import { describe, expect, it, onTestFinished } from "vitest";
import { AdapterError, LeaseLostError } from "../../../../src/adapters/adapter-error.ts";
import { RedisAdapter } from "../../../../src/adapters/redis/redis-adapter.ts";
import { silentLogger } from "../../../../src/support/logger.ts";
import { RedisServer } from "../../../support/redis-server.ts";
import { missing } from "../../../support/requires.ts";
import { done, jid, nameOf, payloadOf } from "../../../../src/adapter-contract/jobs.ts";
import { TestLease } from "../../../../src/adapter-contract/test-lease.ts";

const IDENTITY = "host:1:aaaaaaaaaaaa";
const HASH = `mandate:lease:${IDENTITY}`;

describe.skipIf(missing("redis"))("a lease whose Redis forgot its latest fetch", () => {
  it("has the outcome of that job refused, and leaves the job in its queue", async () => {
    const { adapter, lease, redis } = await opened();
    await adapter.enqueue([{ jid: jid("a"), queue: "default", payload: payloadOf("a") }]);
    const job = await lease.fetchOne();

    // A replica that took over before it heard of the fetch: what it knows is older.
    const receipts = (await redis.hkeys(HASH)).filter((field) => field !== "number");
    await redis.hdel(HASH, ...receipts);
    await redis.rpush("queue:default", job.payload);
    await redis.call("CLIENT", "KILL", "ID", await idOf(redis, "mandate-worker"));
    while (!(await isRenewed(lease)));
    const { refused } = await lease.settle(done(job));

    expect(refused).toEqual([job]);
    expect(await adapter.status(jid("a"))).toBe("enqueued");
    expect(await lease.fetchNames()).toEqual(["a"]);
  });
});

describe.skipIf(missing("redis"))("a lease whose latest exchange may have been done or not", () => {
  it("is found lost where others have taken its jobs meanwhile", async () => {
    const { adapter, lease, redis } = await opened();
    await adapter.enqueue([{ jid: jid("a"), queue: "default", payload: payloadOf("a") }]);
    const job = await lease.fetchOne();

    await redis.call("ACL", "SETUSER", "default", "-evalsha");
    await expect(lease.settle(done(job))).rejects.toThrow("NOPERM");
    await redis.call("ACL", "SETUSER", "default", "+evalsha");
    await redis.zrem("mandate:leases", IDENTITY);

    await expect(lease.settle(done(job))).rejects.toThrow(LeaseLostError);
  });

  it("goes on where a later one came first: what it was to settle is settled with the next", async () => {
    const { adapter, lease, redis } = await opened();
    await adapter.enqueue(
      ["a", "b", "c"].map((name) => ({
        jid: jid(name),
        queue: "default",
        payload: payloadOf(name),
      })),
    );
    const [a, b] = await lease.fetch(2);
    await redis.hset(HASH, "number", 99);

    const refusal = lease.exchange([done(a!)], { queues: ["default"], limit: 1 });

    await expect(refusal).rejects.toThrow(AdapterError);
    await expect(refusal).rejects.toThrow(
      `Cannot go on as worker "${IDENTITY}": a later exchange came to Redis first, and this one was refused. ` +
        "Send it again: nothing of it was done",
    );
    const again = await lease.exchange([done(a!)], { queues: ["default"], limit: 1 });
    expect(again.jobs.map(({ payload }) => nameOf(payload))).toEqual(["c"]);
    expect((await lease.settle(done(b!), done(again.jobs[0]!))).refused).toEqual([]);
    expect(await redis.hkeys(HASH)).toEqual(["number"]);
    expect(await redis.exists("mandate:jobs")).toBe(0);
  });
});

describe.skipIf(missing("redis"))(
  "a lease that is asked for more than a script hands over at once",
  () => {
    const MANY = 9_000;

    it("fetches all, and settles all", async () => {
      const { adapter, lease, redis } = await opened();
      const names = Array.from({ length: MANY }, (_, index) => `n${index}`);
      await adapter.enqueue(
        names.map((name) => ({ jid: jid(name), queue: "default", payload: payloadOf(name) })),
      );

      // Of so many the answer would be longer than one megabyte.
      const first = await lease.fetch(MANY);
      const jobs = [...first, ...(await lease.fetch(MANY))];
      const { refused } = await lease.settle(...jobs.map((job) => done(job)));

      expect(jobs.map(({ payload }) => nameOf(payload))).toEqual(names);
      expect(first.length).toBeGreaterThan(7_000);
      expect(refused).toEqual([]);
      expect(await redis.hkeys(HASH)).toEqual(["number"]);
      expect(await redis.exists("mandate:jobs", "queue:default")).toBe(0);
    });
  },
);

describe.skipIf(missing("redis"))("a lease whose jobs are large", () => {
  it("hands out a megabyte at a time, one job at least, in their order, and says that there is more", async () => {
    const { adapter, lease } = await opened();
    const sizes = [400_000, 400_000, 400_000, 3_000_000, 10, 20, 900_000, 10];
    for (const [index, bytes] of sizes.entries()) {
      await adapter.enqueue([large(String(index), bytes)]);
    }

    const fetched: string[][] = [];
    let isMore: boolean | undefined = true;
    while (isMore === true) {
      const exchange = await lease.exchange([], { queues: ["default"], limit: 100 });
      fetched.push(exchange.jobs.map(({ payload }) => nameOf(payload)));
      ({ isMore } = exchange);
    }

    expect(fetched).toEqual([["0", "1"], ["2"], ["3"], ["4"], ["5", "6"], ["7"]]);
  });

  it("does not take more from a second queue either", async () => {
    const { adapter, lease } = await opened();
    for (const queue of ["one", "two", "three"]) {
      await adapter.enqueue([large(queue, 600_000, queue)]);
    }

    const request = { queues: ["one", "two", "three"], limit: 100 };
    const counts: number[] = [];
    for (let times = 0; times < 4; times += 1) {
      counts.push((await lease.exchange([], request)).jobs.length);
    }

    expect(counts).toEqual([1, 1, 1, 0]);
  });

  it("gets what it missed once, in parts, and nothing that it has", async () => {
    const { adapter, lease, redis } = await opened();
    await adapter.enqueue([large("a", 700_000)]);
    await lease.fetchOne();
    const receipts = ["b", "c", "d"].flatMap((name, index) => [
      `1:00${index + 1}:1700000000000:default`,
      large(name, 700_000).payload,
    ]);
    await redis.hset(HASH, ...receipts);
    await redis.call("CLIENT", "KILL", "ID", await idOf(redis, "mandate-worker"));
    while (!(await isRenewed(lease)));
    const before = await sentBy(redis);

    const counts: number[] = [];
    for (let times = 0; times < 4; times += 1) {
      counts.push((await lease.exchange([], undefined)).jobs.length);
    }

    expect(counts).toEqual([1, 1, 1, 0]);
    expect((await sentBy(redis)) - before).toBeLessThan(2_200_000);
  });
});

function large(
  name: string,
  bytes: number,
  queue = "default",
): { jid: string; queue: string; payload: string } {
  const record = { class: "Job", args: [name, "x".repeat(bytes)], queue, jid: jid(name) };
  return { jid: jid(name), queue, payload: JSON.stringify(record) };
}

/** Bytes that the server has sent to anybody. */
async function sentBy(redis: Redis): Promise<number> {
  return Number(/total_net_output_bytes:(\d+)/.exec(await redis.info("stats"))?.[1]);
}

async function opened(): Promise<{ adapter: RedisAdapter; lease: TestLease; redis: Redis }> {
  const server = await RedisServer.start();
  const redis = new Redis(server.url);
  const adapter = new RedisAdapter({ url: server.url, logger: silentLogger, leaseThread: false });
  const lease = await TestLease.open(adapter, { identity: IDENTITY, ttl: 60 });
  onTestFinished(async () => {
    await lease.close();
    await adapter.close();
    redis.disconnect();
    await server.dispose();
  });
  return { adapter, lease, redis };
}

/** False while its connection is being made anew. */
function isRenewed(lease: TestLease): Promise<boolean> {
  return lease.renew().then(
    () => true,
    () => false,
  );
}

async function idOf(redis: Redis, name: string): Promise<string> {
  const lines = String(await redis.client("LIST")).split("\n");
  const line = lines.find((each) => each.includes(` name=${name} `)) ?? "";
  return /^id=(\d+)/.exec(line)?.[1] ?? "";
}
