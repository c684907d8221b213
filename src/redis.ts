export { RedisAdapter } from "./adapters/redis/redis-adapter.ts";
export type { RedisClient, RedisOptions } from "./adapters/redis/redis-options.ts";
