import type { Logger } from "../support/logger.ts";
import type { Adapter } from "./adapter.ts";
import { MemoryAdapter } from "./memory/memory-adapter.ts";
import { RedisAdapter } from "./redis/redis-adapter.ts";

/**
 * The adapter of an application that configured none: Redis where `REDIS_URL` is set, else memory. The
 * Redis client is loaded with the first command.
 */
export function defaultAdapter(logger: Logger): Adapter {
  return process.env["REDIS_URL"] ? new RedisAdapter({ logger }) : new MemoryAdapter({ logger });
}
