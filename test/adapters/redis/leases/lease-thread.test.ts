import { Redis } from "ioredis";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Lease, LeaseOptions } from "../../../../src/adapters/adapter.ts";
import { keysUnder } from "../../../../src/adapters/redis/keys.ts";
import { LeaseThread } from "../../../../src/adapters/redis/leases/lease-thread.ts";
import { RedisAdapter } from "../../../../src/adapters/redis/redis-adapter.ts";
import type { RedisClient, RedisOptions } from "../../../../src/adapters/redis/redis-options.ts";
import { silentLogger } from "../../../../src/support/logger.ts";
import { RedisServer } from "../../../support/redis-server.ts";
import { missing } from "../../../support/requires.ts";
import { Log } from "../../../worker/log.ts";

const TIMEOUT = { timeout: 30_000 };
const TTL = 0.6;

describe.skipIf(missing("redis"))("a lease whose event loop is busy", () => {
  it("lives on", TIMEOUT, async () => {
    const { redis, lease } = await open(() => ({}));
    await threadIsConnected(redis, lease);

    compute(3 * TTL);

    await expect(lease.renew()).resolves.toBeUndefined();
  });

  it("runs out where there is no thread", TIMEOUT, async () => {
    const { lease } = await open(() => ({ leaseThread: false }));

    compute(3 * TTL);

    await expect(lease.renew()).rejects.toThrow("its lease has ended");
  });

  it("runs out where the loop is taken for stuck", TIMEOUT, async () => {
    const { server, redis, lease } = await open(() => ({ leaseThread: false }));
    const thread = new LeaseThread({
      lease: options,
      keys: keysUnder(""),
      connect: [{ port: server.port, connectionName: "mandate-lease" }],
      onSignal: () => undefined,
      onFailure: () => undefined,
      stuckAfter: TTL,
    });
    onTestFinished(() => thread.close());
    await threadIsConnected(redis, lease);

    compute(4 * TTL);

    await expect(lease.renew()).rejects.toThrow("its lease has ended");
  });

  it.each<[string, (url: string) => RedisOptions]>([
    ["its options have a function in them", () => ({ redis: { unused: { checkServerIdentity } } })],
    ["it does not tell its options", (url) => ({ url: undefined, client: withoutOptions(url) })],
  ])(
    "is kept by the loop alone, and says so, where a client cannot be copied: %s",
    TIMEOUT,
    async (_why, clientOptions) => {
      const log = new Log();
      const { lease } = await open((url) => ({ ...clientOptions(url), logger: log }));

      await lease.renew();

      expect(log.troubles).toEqual([
        expect.stringMatching(/^Cannot keep the lease from a thread: a job that computes/),
      ]);
    },
  );

  it("leaves no thread behind", TIMEOUT, async () => {
    const { redis, lease } = await open(() => ({}));
    await threadIsConnected(redis, lease);

    await lease.close();

    // Redis hears of it a moment later.
    const clients = (): Promise<unknown> => redis.client("LIST");
    await expect.poll(clients).not.toContain("mandate-lease");
  });
});

const options: LeaseOptions = {
  identity: "host:1:aaaaaaaaaaaa",
  ttl: TTL,
  info: { hostname: "host", pid: 1, tag: "", startedAt: 1, concurrency: 1, queues: [["*", 1]] },
  state: () => ({ quiet: false, busy: 1 }),
  onWork: () => undefined,
  onDue: () => undefined,
};

function checkServerIdentity(): void {}

/** A client as an application may wrap it: it can be copied, and does not tell of its options. */
function withoutOptions(url: string): RedisClient {
  const client = new Redis(url, { lazyConnect: true }) as unknown as RedisClient;
  return {
    status: client.status,
    call: (command, ...args) => client.call(command, ...args),
    on: (event, listener) => client.on(event, listener),
    connect: () => client.connect(),
    disconnect: (reconnect) => client.disconnect(reconnect),
    duplicate: (override) => client.duplicate(override),
  };
}

interface Opened {
  readonly server: RedisServer;
  readonly redis: Redis;
  readonly lease: Lease;
}

async function open(redisOptions: (url: string) => RedisOptions): Promise<Opened> {
  const server = await RedisServer.start();
  const redis = new Redis(server.url);
  const adapter = new RedisAdapter({
    url: server.url,
    logger: silentLogger,
    ...redisOptions(server.url),
  });
  const lease = await adapter.lease(options);
  onTestFinished(async () => {
    await lease.close();
    await adapter.close();
    redis.disconnect();
    await server.dispose();
  });
  return { server, redis, lease };
}

/** The loop keeps the lease until then. */
async function threadIsConnected(redis: Redis, lease: Lease): Promise<void> {
  let clients = "";
  while (!clients.includes("name=mandate-lease")) {
    await lease.renew();
    clients = String(await redis.client("LIST"));
  }
}

function compute(seconds: number): void {
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until);
}
