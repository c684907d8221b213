import { ConfigurationError } from "../../../support/errors.ts";
import { FIXED } from "./fixed-options.ts";
import { loadIoredis } from "./load-ioredis.ts";
import type { RedisClient, RedisOptions } from "../redis-options.ts";

/**
 * Seconds after which an unanswered command counts as lost, and its connection as broken, unless
 * options say otherwise.
 */
const REPLY_TIMEOUT = 5;
/** Milliseconds: Node runs a longer timer at once. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** In seconds. */
export function replyTimeout({ redis }: RedisOptions): number {
  const { commandTimeout = REPLY_TIMEOUT * 1000 } = redis ?? {};
  return Math.min(Number(commandTimeout), LONGEST_TIMEOUT) / 1000;
}

/**
 * A client that connects, and connects again.
 *
 * @param connectionName What Redis lists it as.
 * @throws {ConfigurationError} if ioredis cannot be loaded, or makes no client of these options.
 */
export async function dial(options: RedisOptions, connectionName: string): Promise<RedisClient> {
  const settings: object = {
    ...FIXED,
    connectTimeout: REPLY_TIMEOUT * 1000,
    commandTimeout: replyTimeout(options) * 1000,
    retryStrategy: (attempt: number) => Math.min(1000, 25 * 2 ** Math.min(attempt, 10)),
    connectionName,
  };
  const { url, redis, client } = options;
  const all = { ...redis, ...settings };
  const make =
    client === undefined
      ? makerOf(await loadIoredis(), url, all)
      : () => client.duplicate(settings);
  try {
    return make();
  } catch (error) {
    throw new ConfigurationError(
      `Cannot make a client of ioredis: ${String(error)}. Check "client" or "redis" of RedisAdapter`,
      { cause: error },
    );
  }
}

function makerOf(
  Redis: Awaited<ReturnType<typeof loadIoredis>>,
  url: string | undefined,
  options: object,
): () => RedisClient {
  return () => (url === undefined ? new Redis(options) : new Redis(url, options));
}

/**
 * What ioredis is called with in a thread: all but functions, which cannot be handed over.
 *
 * @throws {ConfigurationError} if a connection like it cannot be made there.
 */
export function connectionOptions(
  options: RedisOptions,
  connectionName: string,
): readonly unknown[] {
  const { url, client } = options;
  const given = client === undefined ? options.redis : (client as { options?: object }).options;
  if (client !== undefined && given === undefined) {
    throw new ConfigurationError("Cannot open another connection like the given client's");
  }
  const plain = Object.entries(given ?? {}).filter(([, value]) => typeof value !== "function");
  const settings = {
    ...Object.fromEntries(plain),
    ...FIXED,
    connectTimeout: REPLY_TIMEOUT * 1000,
    commandTimeout: replyTimeout(options) * 1000,
    connectionName,
  };
  return url === undefined ? [settings] : [url, settings];
}
