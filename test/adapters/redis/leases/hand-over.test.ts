import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { FetchedJob } from "../../../../src/adapters/adapter.ts";
import { RedisAdapter } from "../../../../src/adapters/redis/redis-adapter.ts";
import { silentLogger } from "../../../../src/support/logger.ts";
import { Worker } from "../../../../src/worker/worker.ts";
import { RedisServer } from "../../../support/redis-server.ts";
import { missing } from "../../../support/requires.ts";
import { done, jid, namesOf, payloadOf } from "../../../../src/adapter-contract/jobs.ts";
import { TestLease } from "../../../../src/adapter-contract/test-lease.ts";

const IDLE = { queues: ["default"], limit: 5 };

describe.skipIf(missing("redis"))("a job that comes in while a worker has nothing to do", () => {
  let server: RedisServer;
  let redis: Redis;
  let stores = 0;

  beforeAll(async () => {
    server = await RedisServer.start([], { settableClock: true });
    redis = new Redis(server.url);
  });

  afterAll(async () => {
    redis.disconnect();
    await server.dispose();
  });

  it("is handed over to it, and waits in no queue", async () => {
    const { adapter, idle } = await started();

    await adapter.enqueue([entry("a")]);
    const job = await idle.next();

    expect(namesOf([job])).toEqual(["a"]);
    expect(await adapter.store.size({ queue: "default" })).toBe(0);
    expect(await adapter.status(jid("a"))).toBe("running");
    expect(await redis.smembers(`${idle.prefix}queues`)).toEqual(["default"]);
  });

  it("is settled like any other", async () => {
    const { adapter, idle } = await started();
    await adapter.enqueue([entry("a")]);
    const job = await idle.next();

    const { refused } = await idle.lease.settle(done(job));

    expect(refused).toEqual([]);
    expect(await adapter.status(jid("a"))).toBe("finished");
    expect(await redis.hkeys(`${idle.prefix}mandate:lease:${idle.lease.identity}`)).toEqual([
      "number",
    ]);
  });

  it("is one, until the worker asks again", async () => {
    const { adapter, idle } = await started();

    await adapter.enqueue([entry("a")]);
    await adapter.enqueue([entry("b")]);
    await idle.next();
    const { jobs } = await idle.lease.exchange([], IDLE);
    await adapter.enqueue([entry("c")]);

    expect(namesOf(jobs)).toEqual(["b"]);
    expect(namesOf([await idle.next()])).toEqual(["c"]);
  });

  it.each([
    ["of another queue", entry("a", "other")],
    ["of a queue whose name is in two lines", entry("a", "default\nmore")],
  ])("waits where it is %s", async (_case, job) => {
    const { adapter } = await started();

    await adapter.enqueue([job]);

    expect(await adapter.store.size({ queue: job.queue })).toBe(1);
  });

  it("goes to a worker that takes all queues", async () => {
    const { adapter, idle } = await started({ queues: undefined, limit: 5 });

    await adapter.enqueue([entry("a", "other")]);

    expect((await idle.next()).queue).toBe("other");
  });

  it.each(["beta_2", "beta"])(
    "goes to a worker that takes all queues that begin so: %s",
    async (queue) => {
      const { adapter, idle } = await started({ queues: ["default", "beta*"], limit: 5 });

      await adapter.enqueue([entry("other", "bet")]);
      await adapter.enqueue([entry("a", queue)]);

      expect((await idle.next()).queue).toBe(queue);
      expect(await adapter.store.size({ queue: "bet" })).toBe(1);
    },
  );

  it("goes to a worker that takes all others", async () => {
    const { adapter, idle } = await started({ queues: ["default", "*"], limit: 5 });

    await adapter.enqueue([entry("a", "brand-new")]);

    expect((await idle.next()).queue).toBe("brand-new");
  });

  it("waits where the queue is paused", async () => {
    const { adapter } = await started();
    await adapter.store.pause("default");

    await adapter.enqueue([entry("a")]);

    expect(await adapter.store.size({ queue: "default" })).toBe(1);
  });

  it("waits behind what Ruby pushed before", async () => {
    const { adapter, idle } = await started();
    await redis.lpush(`${idle.prefix}queue:default`, payloadOf("ruby"));

    await adapter.enqueue([entry("a")]);

    expect(namesOf((await idle.lease.exchange([], IDLE)).jobs)).toEqual(["ruby", "a"]);
  });

  it("waits where the worker's lease has run out", async () => {
    const { adapter } = await started();
    await server.elapse(100);

    await adapter.enqueue([entry("a")]);

    expect(await adapter.store.size({ queue: "default" })).toBe(1);
  });

  it("waits where the worker has closed its lease", async () => {
    const { adapter, idle } = await started();
    await idle.lease.close();

    await adapter.enqueue([entry("a")]);

    expect(await adapter.store.size({ queue: "default" })).toBe(1);
  });

  it("waits where the worker cannot hear", async () => {
    const { adapter, idle } = await started();
    await redis.client("KILL", "ID", await clientOf(redis, idle.prefix));

    await adapter.enqueue([entry("a")]);

    expect(await adapter.store.size({ queue: "default" })).toBe(1);
  });

  it("is looked for at the next exchange, where the message was lost", async () => {
    const { adapter, idle } = await started();
    // Redis sees that somebody hears it: as with a connection that is half open, it is not the worker.
    const other = redis.duplicate();
    onTestFinished(() => other.disconnect());
    await other.subscribe(`${idle.prefix}mandate:hand:${idle.lease.identity}`);
    await redis.client("KILL", "ID", await clientOf(redis, idle.prefix));
    await adapter.enqueue([entry("a")]);

    const first = await idle.lease.exchange([], IDLE);
    const second = await idle.lease.exchange([], IDLE);

    expect(namesOf([...first.jobs, ...idle.jobs])).toEqual([]);
    expect(namesOf(second.jobs)).toEqual(["a"]);
    expect(await adapter.store.size({ queue: "default" })).toBe(0);
  });

  it("comes back with the rest when the worker dies", async () => {
    const { adapter, idle } = await started();
    await adapter.enqueue([entry("a")]);
    await idle.next();

    await server.elapse(100);
    const [recovery] = await adapter.recover();

    expect(recovery?.recovered).toBe(1);
    expect(await adapter.store.size({ queue: "default" })).toBe(1);
    expect(await redis.exists(`${idle.prefix}mandate:idle`)).toBe(0);
  });

  it("goes by the queue where the worker may not hear of it, and is heard of there", async () => {
    await redis.call("ACL", "SETUSER", "default", "resetchannels", "&__redis__:invalidate");
    onTestFinished(() => void redis.call("ACL", "SETUSER", "default", "allchannels"));
    const { adapter, idle } = await started();

    await idle.lease.hearsOfWork(() => adapter.enqueue([entry("a")]));
    const listening = await redis.pubsub("NUMSUB", "__redis__:invalidate");

    expect(listening).toEqual(["__redis__:invalidate", 1]);
    expect(idle.jobs).toEqual([]);
    expect(namesOf((await idle.lease.exchange([], IDLE)).jobs)).toEqual(["a"]);
  });

  it("goes back to its queue where the worker has become quiet", async () => {
    const { adapter, prefix } = connect();
    const worker = new Worker({ adapter, logger: silentLogger });
    onTestFinished(() => worker.stop());
    await worker.start();
    await expect.poll(() => redis.hlen(`${prefix}mandate:idle`)).toBe(1);

    await worker.quiet();
    await adapter.enqueue([entry("a")]);

    await expect.poll(() => adapter.store.size({ queue: "default" })).toBe(1);
    expect(await redis.hlen(`${prefix}mandate:idle`)).toBe(0);
  });

  it("goes to one of many, when many come in", async () => {
    const { adapter, prefix } = connect();
    const all = await Promise.all([0, 1, 2, 3].map((number) => idleOn(adapter, prefix, number)));
    const jobs = Array.from({ length: 40 }, (_, index) => entry(`n${index}`));

    for (const job of jobs) {
      await adapter.enqueue([job]);
    }
    const fetched = await Promise.all(
      all.map(({ lease }) => lease.exchange([], { queues: ["default"], limit: 40 })),
    );

    const handed = all.flatMap((each) => each.jobs);
    const names = namesOf([...handed, ...fetched.flatMap((exchange) => exchange.jobs)]);
    expect(handed).toHaveLength(4);
    expect(names.toSorted()).toEqual(namesOf(jobs).toSorted());
  });

  function connect(): { adapter: RedisAdapter; prefix: string } {
    stores += 1;
    const prefix = `handed${stores}:`;
    const adapter = new RedisAdapter({
      url: server.url,
      keyPrefix: prefix,
      leaseThread: false,
      logger: silentLogger,
    });
    onTestFinished(() => adapter.close());
    return { adapter, prefix };
  }

  async function started(
    request: { queues: readonly string[] | undefined; limit: number } = IDLE,
  ): Promise<{ adapter: RedisAdapter; idle: Idle }> {
    const { adapter, prefix } = connect();
    const idle = await idleOn(adapter, prefix, 0, request);
    return { adapter, idle };
  }
});

interface Idle {
  readonly prefix: string;
  readonly lease: TestLease;
  readonly jobs: FetchedJob[];
  next(): Promise<FetchedJob>;
}

async function idleOn(
  adapter: RedisAdapter,
  prefix: string,
  number: number,
  request: { queues: readonly string[] | undefined; limit: number } = IDLE,
): Promise<Idle> {
  const jobs: FetchedJob[] = [];
  let heard = (): void => undefined;
  const lease = await TestLease.open(adapter, {
    identity: `host:${number}:idle`,
    ttl: 60,
    onHandedOver: (job) => {
      jobs.push(job);
      heard();
    },
  });
  onTestFinished(() => lease.close());
  await lease.exchange([], request);
  const next = async (): Promise<FetchedJob> => {
    for (;;) {
      const job = jobs.shift();
      if (job !== undefined) {
        return job;
      }
      await new Promise<void>((resolve) => (heard = resolve));
    }
  };
  return { prefix, lease, jobs, next };
}

function entry(name: string, queue = "default"): { jid: string; queue: string; payload: string } {
  return { jid: jid(name), queue, payload: payloadOf(name, queue) };
}

/** Of the connection that hears messages of one lease. */
async function clientOf(redis: Redis, prefix: string): Promise<string> {
  const [channel] = (await redis.pubsub("CHANNELS", `${prefix}mandate:hand:*`)) as string[];
  const list = String(await redis.call("CLIENT", "LIST", "TYPE", "pubsub"));
  const names = list.split("\n").filter((line) => line.includes("name=mandate-watch"));
  const last = names.at(-1) ?? "";
  if (channel === undefined || last === "") {
    throw new Error("Expected a worker that listens");
  }
  return /^id=(\d+)/.exec(last)?.[1] ?? "";
}
