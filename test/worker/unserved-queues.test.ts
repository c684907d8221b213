import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { Adapter } from "../../src/adapters/adapter.ts";
import { MemoryAdapter } from "../../src/adapters/memory/memory-adapter.ts";
import { RedisAdapter } from "../../src/adapters/redis/redis-adapter.ts";
import { silentLogger } from "../../src/support/logger.ts";
import { newJid } from "../../src/support/jid.ts";
import { UnservedQueues } from "../../src/worker/unserved-queues.ts";
import { RedisServer } from "../support/redis-server.ts";
import { missing } from "../support/requires.ts";
import { Log } from "./log.ts";

const info = { hostname: "h", pid: 1, tag: "", startedAt: 0, concurrency: 1 };

async function onRedis(): Promise<RedisAdapter> {
  const server = await RedisServer.start();
  onTestFinished(() => server.dispose());
  const adapter = new RedisAdapter({ url: server.url, logger: silentLogger, leaseThread: false });
  onTestFinished(() => adapter.close());
  return adapter;
}

function watched(adapter: Adapter, listed: readonly string[]): Log {
  const logger = new Log();
  const unserved = new UnservedQueues({ adapter, logger, listed, every: 0.02 });
  onTestFinished(() => unserved.stop());
  unserved.start();
  return logger;
}

async function serve(adapter: Adapter, queues: readonly string[], quiet = false): Promise<void> {
  const lease = await adapter.lease({
    identity: `h:1:${newJid()}`,
    ttl: 60,
    info: { ...info, queues: queues.map((name) => [name, 1] as const) },
    state: () => ({ quiet, busy: 0 }),
    onWork: () => undefined,
    onDue: () => undefined,
  });
  onTestFinished(() => lease.close());
}

async function enqueue(adapter: Adapter, queue: string, count = 1): Promise<void> {
  const payload = `{"class":"A","args":[]}`;
  await adapter.enqueue(Array.from({ length: count }, () => ({ jid: newJid(), queue, payload })));
}

describe.skipIf(missing("redis"))("a worker beside queues that nobody serves", () => {
  it("warns of their jobs, and names the queue that was meant", async () => {
    const adapter = await onRedis();
    await serve(adapter, ["default", "mailers"]);
    await enqueue(adapter, "maillers", 12);
    await enqueue(adapter, "reports");

    const log = watched(adapter, ["default", "mailers"]);

    await expect.poll(() => log.troubles.length).toBe(2);
    expect(log.troubles).toEqual([
      '12 jobs wait in queue "maillers", which no worker serves. ' +
        'Was "mailers" meant where they were deferred? Else start a worker with -q maillers',
      '1 job waits in queue "reports", which no worker serves. Else start a worker with -q reports',
    ]);
  });

  it("warns once of each, and of those that come later", async () => {
    const adapter = await onRedis();
    const looks = vi.spyOn(adapter.store, "queueNames");
    await serve(adapter, ["default"]);
    await enqueue(adapter, "first");
    const log = watched(adapter, ["default"]);
    await log.line(/"first"/);
    const before = looks.mock.calls.length;

    await enqueue(adapter, "second");
    await log.line(/"second"/);
    await expect.poll(() => looks.mock.calls.length).toBeGreaterThan(before + 3);

    expect(log.troubles).toHaveLength(2);
  });

  it("counts what others serve, unless they are quiet, and says nothing of empty ones", async () => {
    const adapter = await onRedis();
    const looks = vi.spyOn(adapter.store, "queueNames");
    await serve(adapter, ["default"]);
    await serve(adapter, ["reports*"]);
    await serve(adapter, ["quiet"], true);
    await enqueue(adapter, "reports_daily");
    await enqueue(adapter, "quiet");
    await enqueue(adapter, "empty");
    await adapter.store.clear({ queue: "empty" });
    await enqueue(adapter, "default");

    const log = watched(adapter, ["default"]);
    await log.line(/"quiet"/);
    const before = looks.mock.calls.length;
    await expect.poll(() => looks.mock.calls.length).toBeGreaterThan(before + 3);

    expect(log.troubles).toHaveLength(1);
  });

  it("goes on looking after the store was away", async () => {
    const adapter = await onRedis();
    await serve(adapter, ["default"]);
    vi.spyOn(adapter.store, "queueNames").mockRejectedValueOnce(new Error("away"));
    await enqueue(adapter, "reports");

    const log = watched(adapter, ["default"]);

    expect((await log.line(/"reports"/)).fields).toEqual({ queue: "reports", size: 1 });
  });

  it("does not look where the worker serves all", async () => {
    const adapter = await onRedis();
    const looks = vi.spyOn(adapter.store, "queueNames");
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());

    watched(adapter, ["critical", "*"]);

    expect(vi.getTimerCount()).toBe(0);
    expect(looks).not.toHaveBeenCalled();
  });
});

it("a worker in memory does not look for queues that nobody serves", () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());

  watched(new MemoryAdapter({ logger: silentLogger }), ["default"]);

  expect(vi.getTimerCount()).toBe(0);
});
