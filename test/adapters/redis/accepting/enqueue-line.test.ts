import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { AdapterError } from "../../../../src/adapters/adapter-error.ts";
import { type Entry, RecordEntry } from "../../../../src/adapters/adapter.ts";
import { RedisAdapter } from "../../../../src/adapters/redis/redis-adapter.ts";
import { lua } from "../../../../src/adapters/redis/scripts/generated.ts";
import { silentLogger } from "../../../../src/support/logger.ts";
import { newJid } from "../../../../src/support/jid.ts";
import { TcpProxy } from "../../../support/tcp-proxy.ts";
import { RedisServer } from "../../../support/redis-server.ts";
import { missing } from "../../../support/requires.ts";

describe.skipIf(missing("redis"))("what is enqueued", () => {
  let server: RedisServer;
  let redis: Redis;
  let adapter: RedisAdapter;

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = new Redis(server.url);
    adapter = new RedisAdapter({ url: server.url, logger: silentLogger });
  });

  beforeEach(() => redis.flushall());

  afterAll(async () => {
    redis.disconnect();
    await adapter.close();
    await server.dispose();
  });

  it("tells which of more than 1,000 jobs were accepted before one slice was refused", async () => {
    const entries = Array.from({ length: 2_000 }, (_, index) => entry(index));
    await redis.config("SET", "maxmemory", "12mb");

    const refusal = await adapter.enqueue(entries).catch((error: unknown) => error);
    await redis.config("SET", "maxmemory", "0");

    expect(refusal).toBeInstanceOf(AdapterError);
    expect(refusal).toMatchObject({
      message: expect.stringMatching(
        /^Cannot enqueue: Redis answered "OOM .*Accepted: 1000 of 2000 jobs$/,
      ) as string,
      accepted: entries.slice(0, 1_000).map(({ jid }) => jid),
      maybeAccepted: false,
    });
    expect(await redis.llen("queue:default")).toBe(1_000);
  });

  it("goes in steps of 100 jobs where some hold keys", async () => {
    const holding = (index: number): Entry => ({
      ...entry(index < 100 ? index : index + 900),
      jid: newJid(),
      holds: [{ key: `k${index}`, from: "enqueue", until: "finished", whenFull: "refuse" }],
    });
    const entries = Array.from({ length: 1_000 }, (_, index) => holding(index));
    await redis.config("SET", "maxmemory", "2500kb");

    const refusal = await adapter.enqueue(entries).catch((error: unknown) => error);
    await redis.config("SET", "maxmemory", "0");

    expect(refusal).toMatchObject({ accepted: entries.slice(0, 100).map(({ jid }) => jid) });
    expect(await redis.llen("queue:default")).toBe(100);
  });

  it("does not tell of those that were refused for a key that they were accepted", async () => {
    const keyOf = (index: number): string => (index === 99 ? "k0" : `k${index}`);
    const holding = (index: number): Entry => ({
      ...entry(index < 100 ? index : index + 900),
      jid: newJid(),
      holds: [{ key: keyOf(index), from: "enqueue", until: "finished", whenFull: "refuse" }],
    });
    const entries = Array.from({ length: 1_000 }, (_, index) => holding(index));
    await redis.config("SET", "maxmemory", "2500kb");

    const refusal = await adapter.enqueue(entries).catch((error: unknown) => error);
    await redis.config("SET", "maxmemory", "0");

    expect(refusal).toMatchObject({ accepted: entries.slice(0, 99).map(({ jid }) => jid) });
    expect(await redis.llen("queue:default")).toBe(99);
  });

  it("is one job where two calls of one turn have the same jid, the first with it or not", async () => {
    const written = (isFirst: boolean, jid = newJid()): RecordEntry =>
      new RecordEntry({ jid, queue: "default" }, JSON.stringify({ jid }), isFirst);
    const first = written(true);
    const again = written(false, first.jid);
    const others = [written(true), written(true)];

    await Promise.all([adapter.enqueue([first, ...others]), adapter.enqueue([again])]);
    await adapter.enqueue([again]);

    expect(await redis.llen("queue:default")).toBe(3);
  });

  it.each([1, 2])(
    "is not accepted where a queue's key holds something else, and is once it does not: %i jobs",
    async (count) => {
      const entries = Array.from({ length: count }, (_, index) => entry(index));
      await redis.set("queue:default", "text");

      await expect(adapter.enqueue(entries)).rejects.toMatchObject({
        message: expect.stringContaining("WRONGTYPE") as string,
        maybeAccepted: false,
      });
      await redis.del("queue:default");
      await adapter.enqueue(entries);

      expect(await redis.llen("queue:default")).toBe(count);
    },
  );

  it.each([
    ["a queue's", "queue:default", { prereqs: [newJid()] }, () => redis.llen("queue:default")],
    ["the schedule's", "schedule", { at: 4_000_000_000 }, () => redis.zcard("schedule")],
  ] as const)("is not accepted to wait where %s key holds something else", async (...given) => {
    const [, key, waiting, size] = given;
    const job = { ...entry(1), ...waiting };
    await redis.set(key, "text");

    await expect(adapter.enqueue([job])).rejects.toThrow("WRONGTYPE");
    await redis.del(key);
    await adapter.enqueue([job]);

    expect(await size()).toBe(1);
  });

  it("is accepted as a whole or not at all, where one of its queues holds something else", async () => {
    await redis.set("queue:other", "text");
    const entries = [entry(1), { ...entry(2), queue: "other" }];

    await expect(adapter.enqueue(entries)).rejects.toThrow("WRONGTYPE");

    expect(await redis.llen("queue:default")).toBe(0);
  });

  it("goes in one step with what else comes with a document in a turn, unless Redis refuses one of them", async () => {
    const give = (index: number, queue = "default"): ReturnType<typeof adapter.enqueue> =>
      adapter.enqueue([{ ...entry(index), jid: newJid(), queue }], 5, {
        name: `document ${index}`,
        text: "",
        version: "none",
      });
    await Promise.all([give(1), give(2)]);
    const many = Array.from({ length: 20 }, (_, index) => 100 + index);
    const steps = await stepsOf(() => Promise.all(many.map((index) => give(index))));
    await redis.set("queue:other", "text");

    const settled = await Promise.allSettled([give(6), give(7, "other"), give(8)]);

    // Something else may run a script meanwhile.
    expect(steps).toBeLessThan(3);
    expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(await redis.llen("queue:default")).toBe(24);
    expect(await adapter.documents.read(["document 6", "document 7", "document 8"])).toMatchObject([
      { text: "" },
      undefined,
      { text: "" },
    ]);
  });

  it("is accepted later, where the answer was lost that its document was in another version", async () => {
    const { far, proxy } = await behindProxy();
    const { version } = await adapter.documents.write({ name: "a", text: "", version: "none" });
    const jobs = [1, 2].map((index) => ({ ...entry(index), jid: newJid() }));
    const give = (
      timeout: number,
      a: number | "none",
      b: number | "none" | "any",
    ): Promise<unknown> =>
      Promise.allSettled([
        far.enqueue(jobs.slice(0, 1), timeout, { name: "a", text: "1", version: a }),
        far.enqueue(jobs.slice(1), timeout, { name: "b", text: "1", version: b }),
      ]);
    // The script has to be there, for what is answered to be that it has run.
    await far.enqueue([{ ...entry(3), queue: "other" }], 5, {
      name: "c",
      text: "",
      version: "any",
    });
    proxy.loseReplies((request) => request.includes("EVAL"));

    const lost = await give(0.4, "none", "none");
    proxy.mend();
    const again = await give(30, version ?? 0, "any");

    expect(again).toMatchObject([{ status: "fulfilled" }, { status: "fulfilled" }]);
    expect(lost).toMatchObject([
      { status: "rejected", reason: { maybeAccepted: true } },
      { status: "rejected", reason: { maybeAccepted: true } },
    ]);
    expect(await redis.llen("queue:default")).toBe(2);
  });

  it.each([
    ["together", (enqueue: Enqueue, jobs: readonly Entry[]) => Promise.all(jobs.map(enqueue))],
    [
      "one after the other",
      async (enqueue: Enqueue, jobs: readonly Entry[]) => {
        for (const job of jobs) await enqueue(job);
      },
    ],
  ])("is accepted when it is sent again, %s, where Redis never had it", async (_, sendAgain) => {
    const { far, proxy, enqueueAgain } = await behindProxy();
    const jobs = [whole(), whole()];
    await loseBefore(proxy, far, jobs);

    await sendAgain(enqueueAgain, jobs);

    expect(await redis.llen("queue:default")).toBe(2);
  });

  it("is accepted when it is sent again, where Redis never had it, and what it said of that was lost", async () => {
    const { far, proxy, enqueueAgain } = await behindProxy();
    const job = whole();
    await loseBefore(proxy, far, [job]);
    const digest = String(await redis.script("LOAD", lua["resolve-uncertain"]));
    const before = proxy.lost;
    proxy.loseReplies((request) => proxy.lost === before && request.includes(digest));

    await enqueueAgain(job);

    expect(proxy.lost).toBe(before + 1);
    expect(await redis.llen("queue:default")).toBe(1);
  });

  async function behindProxy(): Promise<{
    far: RedisAdapter;
    proxy: TcpProxy;
    enqueueAgain: Enqueue;
  }> {
    const proxy = await TcpProxy.start(server.port);
    const far = new RedisAdapter({ url: proxy.url, logger: silentLogger });
    onTestFinished(async () => {
      await far.close();
      await proxy.close();
    });
    return { far, proxy, enqueueAgain: (job) => far.enqueue([{ ...job, remembered: true }]) };
  }

  /** All that Redis says of them is that it does not know the script. */
  async function loseBefore(
    proxy: TcpProxy,
    far: RedisAdapter,
    jobs: readonly Entry[],
  ): Promise<void> {
    await far.documents.read(["a"]);
    await redis.script("FLUSH");
    proxy.loseReplies((request) => request.includes("EVAL"));
    const lost = await Promise.allSettled(jobs.map((job) => far.enqueue([job], 0.2)));
    proxy.mend();
    expect(lost).toMatchObject(
      jobs.map(() => ({ status: "rejected", reason: { maybeAccepted: true } })),
    );
  }

  /** How many scripts run meanwhile. */
  async function stepsOf(act: () => Promise<unknown>): Promise<number> {
    const calls = async (): Promise<number> =>
      Number(/cmdstat_evalsha:calls=(\d+)/.exec(await redis.info("commandstats"))?.[1]);
    const before = await calls();
    await act();
    return (await calls()) - before;
  }
});

/** As the library writes it: of what does not say whose it is a note is made first. */
function whole(): Entry {
  const jid = newJid();
  const queue = "default";
  return { jid, queue, payload: JSON.stringify({ class: "X", args: [], jid, queue }) };
}

type Enqueue = (job: Entry) => Promise<unknown>;

/** The second thousand is more than the server has room for. */
function entry(index: number): Entry {
  const jid = index.toString(16).padStart(24, "0");
  const args = index < 1_000 ? [] : ["a".repeat(20_000)];
  return { jid, queue: "default", payload: JSON.stringify({ jid, args }) };
}
