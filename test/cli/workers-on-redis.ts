import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll } from "vitest";
import { configure } from "mandate";
import { RedisAdapter } from "mandate/redis";
import { silentLogger } from "../../src/support/logger.ts";
import { RedisServer } from "../support/redis-server.ts";
import { commands, RunningProgram } from "./running-program.ts";

export interface WorkersOnRedis {
  /** Of the server, once it runs. */
  readonly url: string;
  /** `mandate worker` with the tests' commands. */
  readonly start: (...args: readonly string[]) => RunningProgram;
}

/** A Redis for the tests around this call: what they defer goes there, and the workers that they start find it. */
export function workersOnRedis(): WorkersOnRedis {
  let redis: RedisServer;
  let client: Redis;
  let adapter: RedisAdapter;
  beforeAll(async () => {
    redis = await RedisServer.start();
    client = new Redis(redis.url);
    adapter = new RedisAdapter({ url: redis.url, logger: silentLogger });
    configure({ adapter, logger: silentLogger });
  });
  // What a killed worker ran would come back in a later test's worker, and stop that as well.
  afterEach(() => client.flushall());
  afterAll(async () => {
    client?.disconnect();
    await adapter?.close();
    await redis?.dispose();
  });
  return {
    get url() {
      return redis.url;
    },
    start: (...args) =>
      new RunningProgram(["worker", "-r", commands, ...args], { env: { REDIS_URL: redis.url } }),
  };
}
