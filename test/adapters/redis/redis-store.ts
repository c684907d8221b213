import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { RedisAdapter } from "../../../src/adapters/redis/redis-adapter.ts";
import type { RedisOptions } from "../../../src/adapters/redis/redis-options.ts";
import { silentLogger } from "../../../src/support/logger.ts";
import { RedisServer } from "../../support/redis-server.ts";
import type { StoreUnderTest } from "../../../src/adapter-contract/rig.ts";

/** A server, and how its time passes. */
export interface ServerUnderTest {
  readonly url: string;
  /** Seconds that tell two moments apart: where a clock has to be waited for, short ones. */
  readonly tick: number;
  elapse(seconds: number): Promise<void>;
}

let stores = 0;

/** A server whose clock can be set, where this machine has what that takes. */
export function startRedis(): Promise<RedisServer> {
  return RedisServer.start([], { settableClock: true });
}

/** A server that is there already, and may hold what is others'. */
export function redisAt(url: string): ServerUnderTest {
  return { url, tick: 0.15, elapse: (seconds) => sleep(seconds * 1000) };
}

/**
 * A fresh store for the contract's tests: a prefix of its own, of which nothing is left.
 *
 * @param place Where it is, by a URL or a client.
 */
export async function redisStore(
  server: ServerUnderTest,
  place: Pick<RedisOptions, "url" | "client"> = { url: server.url },
): Promise<StoreUnderTest> {
  stores += 1;
  const keyPrefix = `test-${randomBytes(4).toString("hex")}-${stores}:`;
  const adapters: RedisAdapter[] = [];
  const connect = async (): Promise<RedisAdapter> => {
    const adapter = new RedisAdapter({
      ...place,
      keyPrefix,
      leaseThread: false,
      logger: silentLogger,
    });
    adapters.push(adapter);
    return adapter;
  };
  return {
    adapter: await connect(),
    tick: server.tick,
    connect,
    elapse: (seconds) => server.elapse(seconds),
    dispose: async () => {
      await Promise.all(adapters.map((adapter) => adapter.close()));
      await forget(server.url, keyPrefix);
    },
  };
}

async function forget(url: string, keyPrefix: string): Promise<void> {
  const client = new Redis(url);
  let cursor = "0";
  do {
    const [next, keys] = await client.scan(cursor, "MATCH", `${keyPrefix}*`, "COUNT", 1_000);
    await client.unlink("", ...keys);
    cursor = next;
  } while (cursor !== "0");
  client.disconnect();
}
