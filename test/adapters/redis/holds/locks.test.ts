import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { dead, done, jid, payloadOf } from "../../../../src/adapter-contract/jobs.ts";
import { TestLease } from "../../../../src/adapter-contract/test-lease.ts";
import type { Entry } from "../../../../src/adapters/adapter.ts";
import type { Hold } from "../../../../src/adapters/hold.ts";
import { RedisAdapter } from "../../../../src/adapters/redis/redis-adapter.ts";
import { silentLogger } from "../../../../src/support/logger.ts";
import { missing } from "../../../support/requires.ts";
import { RedisServer } from "../../../support/redis-server.ts";

const unique = (key: string): Hold => {
  return { key, from: "enqueue", until: "finished", whenFull: "refuse" };
};
const turn: Hold = { key: "turn", from: "fetch", until: "settled", whenFull: "park", to: 5 };
const entry = (name: string, holds: readonly Hold[], queue = "default"): Entry => {
  return { jid: jid(name), queue, payload: payloadOf(name, queue), holds };
};

describe.skipIf(missing("redis"))("locks on Redis", () => {
  let server: RedisServer;
  let control: Redis;
  let adapter: RedisAdapter;
  let lease: TestLease;

  beforeAll(async () => {
    server = await RedisServer.start();
    control = new Redis(server.url);
  });
  afterAll(async () => {
    control?.disconnect();
    await server?.dispose();
  });
  beforeEach(async () => {
    await control.flushall();
    adapter = new RedisAdapter({ url: server.url, logger: silentLogger, leaseThread: false });
    lease = await TestLease.open(adapter, { identity: "host:1:a", ttl: 60 });
  });
  afterEach(async () => {
    await lease.close();
    await adapter.close();
  });

  const kept = async (): Promise<string[]> =>
    (await control.keys("mandate:*"))
      .filter((key) => /:(hold|holds|held|keys|locks|locked)(:|$)/.test(key))
      .toSorted();

  it("are two fields of a job, and nothing else", async () => {
    await adapter.enqueue([entry("a", [unique("k")]), entry("b", [unique("l")])]);
    expect(await kept()).toEqual(["mandate:locked", "mandate:locks"]);
    expect(await control.hget("mandate:locked", jid("b"))).toBe("l");

    await lease.exchange((await lease.fetch(2)).map((job) => done(job)));

    expect(await kept()).toEqual([]);
  });

  it("give a key to the first of a batch, whatever the jobs' queues", async () => {
    const { refused } = await adapter.enqueue([
      entry("a", [unique("x")]),
      entry("b", [unique("k")], "other"),
      entry("c", [unique("k")]),
    ]);

    expect(refused).toEqual([{ jid: jid("c"), key: "k", holder: jid("b"), how: "refused" }]);
  });

  it("count for jobs that have more to hold, and the other way round", async () => {
    await adapter.enqueue([entry("a", [unique("k")]), entry("b", [unique("l"), turn])]);

    const { refused } = await adapter.enqueue([
      entry("c", [unique("k"), turn]),
      entry("d", [unique("l")]),
      entry("e", [unique("m")]),
      entry("f", [unique("m"), turn]),
    ]);

    expect(refused.map(({ jid: refusedJid, holder }) => [refusedJid, holder])).toEqual([
      [jid("c"), jid("a")],
      [jid("d"), jid("b")],
      [jid("f"), jid("e")],
    ]);
    await lease.exchange((await lease.fetch(10)).map((job) => done(job)));
    expect(await kept()).toEqual([]);
  });

  it("are listed among other keys, with the same holder since the same time", async () => {
    const keys = Array.from({ length: 600 }, (_, index) => `some:*[${1000 + index}`);
    await adapter.enqueue([entry("other", [unique("some:other")])]);
    await adapter.enqueue(keys.map((key) => entry(key, [unique(key)])));
    const before = await adapter.holds.holders(keys[5] as string, undefined, 10);

    const page = await adapter.holds.keys("some:*[", undefined, 1000);

    expect(page.keys.map(({ key, held, taken }) => [key, held, taken])).toEqual(
      keys.map((key) => [key, 1, 1]),
    );
    expect(await control.hlen("mandate:locks")).toBe(1);
    const after = await adapter.holds.holders(keys[5] as string, undefined, 10);
    expect(after.holders).toEqual(before.holders);
    expect(after.holders[0]?.holder).toBe(jid(keys[5] as string));
    expect(Math.abs((after.holders[0]?.since ?? 0) - Date.now() / 1000)).toBeLessThan(60);
  });

  it("are taken again by a dead job that comes back", async () => {
    await adapter.enqueue([entry("a", [unique("k")])]);
    const [job] = await lease.fetch(1);
    await lease.exchange([dead(job!)]);
    expect((await adapter.enqueue([entry("b", [unique("k")])])).refused).toEqual([]);

    expect(await adapter.holds.inTheWay(jid("a"))).toEqual([{ key: "k", holder: jid("b") }]);
  });

  it("can be released, for good", async () => {
    await adapter.enqueue([entry("a", [unique("k")])]);

    expect(await adapter.holds.release("k", jid("a"))).toBe(true);

    expect((await adapter.enqueue([entry("b", [unique("k")])])).refused).toEqual([]);
    await lease.exchange((await lease.fetch(1)).map((job) => done(job)));
    expect((await adapter.enqueue([entry("c", [unique("k")])])).refused).toHaveLength(1);
  });

  it("go to one of many callers, also where Redis has forgotten the script", async () => {
    await control.script("FLUSH");
    const others = Array.from(
      { length: 7 },
      () => new RedisAdapter({ url: server.url, logger: silentLogger, leaseThread: false }),
    );

    const answers = await Promise.all(
      [adapter, ...others].map((each, index) =>
        each.enqueue([entry(`of ${index}`, [unique("k")])]),
      ),
    );

    await Promise.all(others.map((each) => each.close()));
    const holders = answers.flatMap(({ refused }) => refused.map(({ holder }) => holder));
    expect(holders).toHaveLength(7);
    expect(new Set(holders).size).toBe(1);
    expect(await control.llen("queue:default")).toBe(1);
  });
});
