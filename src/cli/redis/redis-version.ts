import { AdapterError } from "../../adapters/adapter-error.ts";
import { loadIoredis } from "../../adapters/redis/connection/load-ioredis.ts";
import { adviceFor } from "../../adapters/redis/connection/redis-errors.ts";
import { withoutPassword } from "./redis-url.ts";

/** Seconds until a server that does not answer counts as away. */
const TIMEOUT = 5;

/**
 * Asks a Redis server for its version, and tells whether it can be reached at all: once, where the
 * adapter would keep trying.
 *
 * @throws {AdapterError} if it does not answer.
 */
export async function redisVersion(url: string): Promise<string> {
  const Redis = await loadIoredis();
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: TIMEOUT * 1000,
    commandTimeout: TIMEOUT * 1000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let reason: Error | undefined;
  client.on("error", (error: Error) => (reason ??= error));
  try {
    await client.connect();
    const info = await client.info("server");
    if (reason !== undefined) {
      // The client is connected, but not with the database that was asked for.
      throw reason;
    }
    return /^redis_version:(\S+)/m.exec(info)?.[1] ?? "unknown";
  } catch (error) {
    const cause = reason ?? error;
    const said = (cause as Error).message;
    const advice = /^[A-Z]+ /.test(said) ? adviceFor(said) : "Check that it runs";
    throw new AdapterError(
      `Cannot reach Redis at ${withoutPassword(url)}: ${said.replace(/\.$/, "")}. ` +
        `${advice}, or name another by --url or REDIS_URL`,
      { cause },
    );
  } finally {
    client.disconnect();
  }
}
