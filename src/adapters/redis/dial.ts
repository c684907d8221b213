import { ConfigurationError } from "../../support/errors.ts";
import type { RedisClient, RedisOptions } from "./redis-options.ts";

/** Seconds after which an unanswered command counts as lost, and its connection as broken, unless options say otherwise. */
const REPLY_TIMEOUT = 5;
/** Of ioredis: it dials, signs in and chooses the database. */
const SETTINGS = {
  maxRetriesPerRequest: null,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  enableOfflineQueue: false,
  // What `resp/` reads.
  protocol: 2,
  // Of a client that is copied, it would be inherited: nobody would connect.
  lazyConnect: false,
  connectTimeout: REPLY_TIMEOUT * 1000,
  keyPrefix: "",
  // Of a client that is copied, too.
  enableAutoPipelining: false,
  monitor: false,
};

/** In seconds. */
export function replyTimeout({ redis }: RedisOptions): number {
  const { commandTimeout = REPLY_TIMEOUT * 1000 } = redis ?? {};
  return Number(commandTimeout) / 1000;
}

/** A client that connects, and connects again. @param connectionName What Redis lists it as. */
export async function dial(options: RedisOptions, connectionName: string): Promise<RedisClient> {
  const settings: object = {
    ...SETTINGS,
    commandTimeout: replyTimeout(options) * 1000,
    retryStrategy: (attempt: number) => Math.min(1000, 25 * 2 ** Math.min(attempt, 10)),
    connectionName,
  };
  const { url, redis, client } = options;
  if (client !== undefined) {
    return client.duplicate(settings);
  }
  const { Redis } = await import("ioredis");
  const all = { ...redis, ...settings };
  return url === undefined ? new Redis(all) : new Redis(url, all);
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
    ...SETTINGS,
    commandTimeout: replyTimeout(options) * 1000,
    connectionName,
  };
  return url === undefined ? [settings] : [url, settings];
}
