import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll } from "vitest";
import { RedisAdapter } from "../../../src/adapters/redis/redis-adapter.ts";
import { silentLogger } from "../../../src/support/logger.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { adapterContract } from "../contract.ts";

let server: RedisServer;
let stores = 0;

beforeAll(async () => {
  server = await RedisServer.start();
});

afterAll(() => server.dispose());

adapterContract(
  "RedisAdapter",
  async () => {
    stores += 1;
    const keyPrefix = `test${stores}:`;
    const connect = async (): Promise<RedisAdapter> =>
      new RedisAdapter({ url: server.url, keyPrefix, logger: silentLogger });
    const adapter = await connect();
    const others: RedisAdapter[] = [];
    return {
      adapter,
      tick: 0.15,
      connect: async () => {
        const other = await connect();
        others.push(other);
        return other;
      },
      // A real store's clock cannot be set.
      elapse: (seconds) => sleep(seconds * 1000),
      dispose: async () => {
        await Promise.all([adapter, ...others].map((each) => each.close()));
      },
    };
  },
  { sequences: 8 },
);
