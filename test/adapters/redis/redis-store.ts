import { RedisAdapter } from "../../../src/adapters/redis/redis-adapter.ts";
import { silentLogger } from "../../../src/support/logger.ts";
import { RedisServer } from "../../support/redis-server.ts";
import type { StoreUnderTest } from "../contract.ts";

let stores = 0;

/** A server whose clock can be set, where this machine has what that takes. */
export function startRedis(): Promise<RedisServer> {
  return RedisServer.start([], { settableClock: true });
}

/**
 * A fresh store for the contract's tests: a prefix of its own.
 *
 * @param redis Options of ioredis.
 */
export async function redisStore(
  server: RedisServer,
  redis: Readonly<Record<string, unknown>> = {},
): Promise<StoreUnderTest> {
  stores += 1;
  const keyPrefix = `test${stores}:`;
  const adapters: RedisAdapter[] = [];
  const connect = async (): Promise<RedisAdapter> => {
    const adapter = new RedisAdapter({
      url: server.url,
      redis,
      keyPrefix,
      leaseThread: false,
      logger: silentLogger,
    });
    adapters.push(adapter);
    return adapter;
  };
  return {
    adapter: await connect(),
    // A clock that has to be waited for gets short steps.
    tick: RedisServer.canSetClock ? 10 : 0.15,
    connect,
    elapse: (seconds) => server.elapse(seconds),
    dispose: async () => {
      await Promise.all(adapters.map((adapter) => adapter.close()));
    },
  };
}
