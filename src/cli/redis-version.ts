import { AdapterError } from "../adapters/adapter-error.ts";

/** Seconds until a server that does not answer counts as away. */
const TIMEOUT = 5;

/**
 * Asks a Redis server for its version, and tells whether it can be reached at all: once, where the adapter
 * would keep trying.
 *
 * @throws {AdapterError} if it does not answer.
 */
export async function redisVersion(url: string): Promise<string> {
  const { Redis } = await import("ioredis");
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: TIMEOUT * 1000,
    commandTimeout: TIMEOUT * 1000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let reason: unknown;
  client.on("error", (error) => (reason ??= error));
  try {
    await client.connect();
    const info = await client.info("server");
    return /^redis_version:(\S+)/m.exec(info)?.[1] ?? "unknown";
  } catch (error) {
    const cause = reason ?? error;
    throw new AdapterError(
      `Cannot reach Redis at ${withoutPassword(url)}: ${(cause as Error).message}. ` +
        "Check that it runs, or name another by --redis-url or REDIS_URL",
      { cause },
    );
  } finally {
    client.disconnect();
  }
}

/** What may stand in a log. */
export function withoutPassword(url: string): string {
  const shown = new URL(url);
  shown.username = "";
  shown.password = "";
  shown.search = "";
  return shown.href;
}
