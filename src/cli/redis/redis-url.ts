import { addressInEnvironment } from "../../adapters/open-adapter.ts";
import { namesDatabase } from "../../adapters/redis/redis-options.ts";
import { UsageError } from "../usage.ts";

/** The Redis that the environment names; `undefined` where it names none, or another store. */
export function redisUrlIn(environment: NodeJS.ProcessEnv): string | undefined {
  const { by, url = "" } = addressInEnvironment(environment) ?? {};
  return by === "REDIS_URL" || /^rediss?:/i.test(url) ? url : undefined;
}

/**
 * The text of the URL may hold a password, and is not shown.
 *
 * @throws {UsageError} if it is none of Redis.
 */
export function checkUrl(url: string | undefined): void {
  if (url === undefined) {
    return;
  }
  const advice = "Write --redis-url or REDIS_URL as redis://127.0.0.1:6379/0";
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
