import { Redis as Redis5 } from "ioredis-5";
import { afterAll, beforeAll, describe } from "vitest";
import type { RedisServer } from "../../support/redis-server.ts";
import { missing } from "../../support/requires.ts";
import { adapterContract } from "../../../src/adapter-contract/contract.ts";
import { redisAt, redisStore, startRedis } from "./redis-store.ts";

describe.skipIf(missing("redis"))("Redis", () => {
  let server: RedisServer;
  let client: Redis5;

  beforeAll(async () => {
    server = await startRedis();
    client = new Redis5(server.url);
  });

  afterAll(async () => {
    client.disconnect();
    await server.dispose();
  });

  adapterContract("RedisAdapter by ioredis 6", () => redisStore(server), { sequences: 5 });
  adapterContract("RedisAdapter by ioredis 5", () => redisStore(server, { client }), {
    sequences: 3,
  });
});

const given = process.env["REDIS_URL"];
if (given !== undefined) {
  adapterContract("RedisAdapter at REDIS_URL", () => redisStore(redisAt(given)), { sequences: 3 });
}
