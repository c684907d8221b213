import type { RedisContext } from "../redis-context.ts";

/** Redis's clock, in epoch seconds. */
export async function readTime({ command }: Pick<RedisContext, "command">): Promise<number> {
  const [whole, microseconds] = (await command("TIME")) as [string, string];
  return Number(whole) + Number(microseconds) / 1e6;
}

/** A lease's time, as scripts take it. */
export function secondsToLive(ttl: number): number | string {
  return ttl === Infinity ? "+inf" : ttl;
}
