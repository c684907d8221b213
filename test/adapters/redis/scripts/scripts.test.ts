import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { RedisAdapter } from "../../../../src/adapters/redis/redis-adapter.ts";
import { silentLogger } from "../../../../src/support/logger.ts";
import { RedisServer } from "../../../support/redis-server.ts";
import { missing } from "../../../support/requires.ts";
import { dead, done, jid, payloadOf, release } from "../../../../src/adapter-contract/jobs.ts";
import { TestLease } from "../../../../src/adapter-contract/test-lease.ts";

const CALLERS = 8;

describe.skipIf(missing("redis"))("Lua scripts", () => {
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

  describe("with many callers at once", () => {
    it("enqueue: a job once", async () => {
      const adapters = connect(CALLERS);

      await Promise.all(adapters.map((adapter) => adapter.enqueue([entry("a")])));

      expect(await size(adapters[0], "default")).toBe(1);
    });

    it("exchange: each job for one", async () => {
      const adapters = connect(CALLERS);
      await adapters[0]?.enqueue(names(40).map((name) => entry(name)));
      const leases = await Promise.all(adapters.map((adapter, index) => lease(adapter, index)));

      const fetched = await Promise.all(leases.map((each) => each.fetch(20)));

      const payloads = fetched.flat().map(({ payload }) => payload);
      expect(payloads).toHaveLength(40);
      expect(new Set(payloads).size).toBe(40);
    });

    it("open: a lease for one", async () => {
      const adapters = connect(CALLERS);

      const opened = await Promise.allSettled(adapters.map((adapter) => lease(adapter, 0)));

      expect(opened.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    });

    it("promote: each job once", async () => {
      const adapters = connect(CALLERS);
      const [first] = adapters;
      const at = ((await first?.store.now()) ?? 0) + 100;
      await first?.enqueue(names(40).map((name) => ({ ...entry(name), at })));
      await server.elapse(200);

      const promotions = await Promise.all(adapters.map((adapter) => adapter.promoteDue()));

      expect(sum(promotions.map(({ promoted }) => promoted))).toBe(40);
      expect(await size(first, "default")).toBe(40);
    });

    it("recover: a dead worker's jobs once", async () => {
      const adapters = connect(CALLERS);
      const [first] = adapters;
      await first?.enqueue(names(40).map((name) => entry(name)));
      await (await lease(first, 0)).fetch(40);
      await server.elapse(200);

      const recoveries = await Promise.all(adapters.map((adapter) => adapter.recover()));

      expect(sum(recoveries.flat().map(({ recovered }) => recovered))).toBe(40);
      expect(await size(first, "default")).toBe(40);
    });

    it("release: each blocked job once", async () => {
      const adapters = connect(CALLERS);
      const [first] = adapters;
      await first?.enqueue([entry("first")]);
      await first?.enqueue(names(40).map((name) => ({ ...entry(name), prereqs: [jid("first")] })));
      await settleFirst(first, done);

      const released = await Promise.all(adapters.map((adapter) => adapter.releaseBlocked()));

      expect(sum(released)).toBe(40);
      expect(await size(first, "default")).toBe(40);
    });

    it("bury: each blocked job once", async () => {
      const adapters = connect(CALLERS);
      const [first] = adapters;
      await first?.enqueue([entry("first")]);
      const prereqs = [jid("first")];
      await first?.enqueue(
        names(40).map((name) => ({ ...entry(name), prereqs, prereqFailure: "bury" as const })),
      );
      await settleFirst(first, dead);

      const buried = await Promise.all(adapters.map((adapter) => adapter.releaseBlocked()));

      expect(sum(buried)).toBe(40);
      expect(await first?.store.size({ set: "dead" })).toBe(41);
    });

    it("release: cancels each blocked job once", async () => {
      const adapters = connect(CALLERS);
      const [first] = adapters;
      await first?.enqueue([entry("first")]);
      const prereqs = [jid("first")];
      await first?.enqueue(
        names(40).map((name) => ({ ...entry(name), prereqs, prereqFailure: "cancel" as const })),
      );
      await settleFirst(first, dead);

      const released = await Promise.all(adapters.map((adapter) => adapter.releaseBlocked()));

      expect(sum(released)).toBe(40);
      expect(await first?.store.size({ set: "blocked" })).toBe(0);
      expect(await first?.status(jid("n39"))).toBe("cancelled");
    });

    it("enqueue, behind what has failed: a job is buried once", async () => {
      const adapters = connect(CALLERS);
      const [first] = adapters;
      await first?.enqueue([entry("first")]);
      await settleFirst(first, dead);
      const behind = { prereqs: [jid("first")], prereqFailure: "bury" as const };
      const entries = names(40).map((name) => ({ ...entry(name), ...behind }));

      await Promise.all(
        adapters.flatMap((adapter) => [adapter.enqueue(entries), adapter.releaseBlocked()]),
      );

      expect(await first?.store.size({ set: "dead" })).toBe(41);
      expect(await first?.store.size({ set: "blocked" })).toBe(0);
      expect(await first?.releaseBlocked()).toBe(0);
    });

    it("remove: a job for one", async () => {
      const adapters = connect(CALLERS);
      const [first] = adapters;
      await first?.enqueue([entry("a")]);
      const place = { queue: "default" };
      const job = await first?.store.find(place, jid("a"));

      const deleted = await Promise.all(
        adapters.map((adapter) => job !== undefined && adapter.store.delete(place, job)),
      );

      expect(deleted.filter(Boolean)).toHaveLength(1);
    });

    it("cancel: a job once, whoever else takes it", async () => {
      const adapters = connect(CALLERS);
      const [first] = adapters;
      await first?.enqueue(names(8).map((name) => entry(name)));
      const worker = await lease(first, 0);

      const [jobs, ...answers] = await Promise.all([
        worker.fetch(4),
        ...adapters.flatMap((adapter) => names(8).map((name) => adapter.store.cancel(jid(name)))),
      ]);
      await worker.settle(...jobs.map(release));

      expect(answers).toContain(true);
      expect(await size(first, "default")).toBe(0);
      expect(await first?.unfinished(names(8).map(jid))).toEqual([]);
    });
  });

  it("run again after SCRIPT FLUSH", async () => {
    const [adapter] = connect(1);
    const flush = (): Promise<unknown> => redis.script("FLUSH");

    await flush();
    await adapter?.enqueue([entry("a"), { ...entry("b"), prereqs: [jid("a")] }]);
    await flush();
    const worker = await lease(adapter, 0);
    await flush();
    await worker.renew();
    await flush();
    const jobs = await worker.fetch(5);
    await flush();
    await worker.settle(...jobs.map(done));
    await flush();
    const released = await adapter?.releaseBlocked();
    await flush();
    const promotion = await adapter?.promoteDue();
    await flush();
    const recoveries = await adapter?.recover();
    await flush();
    const cleared = await adapter?.store.clear({ queue: "default" });
    await flush();
    const cancelled = await adapter?.store.cancel(jid("a"));
    await flush();
    await worker.close();

    expect({ released, promotion, recoveries, cleared, cancelled }).toEqual({
      released: 1,
      promotion: { promoted: 0, nextAt: undefined },
      recoveries: [],
      cleared: 1,
      cancelled: false,
    });
  });

  /** So many adapters on one fresh store. */
  function connect(count: number): RedisAdapter[] {
    stores += 1;
    const keyPrefix = `scripts${stores}:`;
    return Array.from({ length: count }, () => {
      const options = { url: server.url, keyPrefix, leaseThread: false, logger: silentLogger };
      const adapter = new RedisAdapter(options);
      onTestFinished(() => adapter.close());
      return adapter;
    });
  }
});

async function lease(adapter: RedisAdapter | undefined, number: number): Promise<TestLease> {
  if (adapter === undefined) {
    throw new Error("Expected an adapter");
  }
  const opened = await TestLease.open(adapter, { identity: `host:1:${number}`, ttl: 60 });
  onTestFinished(() => opened.close());
  return opened;
}

/** Fetches the first job, and settles it. */
async function settleFirst(
  adapter: RedisAdapter | undefined,
  outcome: typeof done | typeof dead,
): Promise<void> {
  const worker = await lease(adapter, 0);
  await worker.settle(outcome(await worker.fetchOne()));
}

function entry(name: string): { jid: string; queue: string; payload: string } {
  return { jid: jid(name), queue: "default", payload: payloadOf(name) };
}

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `n${index}`);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

async function size(adapter: RedisAdapter | undefined, queue: string): Promise<number | undefined> {
  return adapter?.store.size({ queue });
}
