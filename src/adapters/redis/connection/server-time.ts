import type { RedisContext } from "../redis-context.ts";
import { readTexts } from "./read-reply.ts";

/** Redis's clock, in epoch seconds. */
export async function readTime({ command }: Pick<RedisContext, "command">): Promise<number> {
  const [whole, microseconds] = readTexts(await command("TIME"));
  return Number(whole) + Number(microseconds) / 1e6;
}
