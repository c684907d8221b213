import { namesDatabase } from "../../adapters/redis/redis-options.ts";
import { UsageError } from "../usage.ts";

export function isRedisUrl(url: string): boolean {
  return /^rediss?:/i.test(url);
}

/**
 * The text of the URL may hold a password, and is not shown.
 *
 * @throws {UsageError} if it is none of Redis.
 */
export function checkUrl(url: string): void {
  const advice = "Write it as redis://127.0.0.1:6379/0";
  if (!/^rediss?:\/\//.test(url) || !URL.canParse(url)) {
    throw new UsageError(`Cannot use the Redis URL: it is none. ${advice}`);
  }
  if (!namesDatabase(url)) {
    throw new UsageError(
      `Cannot use the Redis URL: what follows the server is no number of a database. ${advice}`,
    );
  }
}

/** What of a URL may stand in a log. */
export function withoutPassword(url: string): string {
  const shown = new URL(url);
  shown.username = "";
  shown.password = "";
  shown.search = "";
  return shown.href;
}
