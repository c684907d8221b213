import { afterAll, beforeAll, describe } from "vitest";
import type { RedisServer } from "../../support/redis-server.ts";
import { missing } from "../../support/requires.ts";
import { adapterContract } from "../contract.ts";
import { redisAt, redisStore, startRedis } from "./redis-store.ts";

describe.skipIf(missing("redis"))("Redis", () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await startRedis();
  });

  afterAll(() => server.dispose());

  adapterContract("RedisAdapter over RESP3", () => redisStore(server), { sequences: 5 });
  adapterContract("RedisAdapter over RESP2", () => redisStore(server, { protocol: 2 }), {
    sequences: 3,
  });
});

const given = process.env["REDIS_URL"];
if (given !== undefined) {
  adapterContract("RedisAdapter at REDIS_URL", () => redisStore(redisAt(given)), { sequences: 3 });
}
