import { existsSync } from "node:fs";
import { addressInEnvironment, isUrlOfStore, type StoreAddress } from "../adapters/open-adapter.ts";
import { pathOf } from "../adapters/sqlite/sqlite-options.ts";
import { checkUrl, isRedisUrl } from "./redis/redis-url.ts";
import { UsageError } from "./usage.ts";

/** How the program is told where the jobs are; of a command line and a configuration file alike. */
export interface StoreChoice {
  /** Any store's. */
  readonly url?: string | undefined;
  readonly redisUrl?: string | undefined;
}

/** What is said where nobody told. */
export const HOW_TO_TELL = "Give --url, or set MANDATE_URL or REDIS_URL";

/**
 * Where the jobs are: by what was typed, else by the configuration file, else by the environment if
 * that names a Redis. `undefined` where nobody says so: then loaded files may, or the environment
 * names another store, which is opened when it is needed.
 *
 * @param choices What counts more comes first.
 * @throws {UsageError} if it is no URL of a store, or if two are named at one place. A URL may hold
 *   a password, and is not shown.
 */
export function storeAddress(...choices: readonly StoreChoice[]): StoreAddress | undefined {
  for (const { url, redisUrl } of choices) {
    if (url !== undefined && redisUrl !== undefined) {
      throw new UsageError("Cannot use --url beside --redis-url: both say where the jobs are");
    }
    if (redisUrl !== undefined) {
      checkUrl(redisUrl);
      return { url: redisUrl, by: "--redis-url" };
    }
    if (url !== undefined) {
      checkStoreUrl(url, "--url");
      return { url, by: "--url" };
    }
  }
  const address = addressInEnvironment();
  if (address === undefined || redisUrlOf(address) === undefined) {
    return undefined;
  }
  checkUrl(address.url);
  return { url: address.url, by: address.by };
}

/**
 * To be called before a store is looked at: one that is not there would be made, and be empty.
 *
 * @throws {UsageError} if it is a file that is not there.
 */
export function assertThere({ url, by }: StoreAddress): void {
  const file = /^sqlite:/i.test(url) ? pathOf(url) : undefined;
  if (file !== undefined && !existsSync(file)) {
    throw new UsageError(
      `Cannot look at the jobs that ${by} names: there is no file ${file}. A worker makes it, or whoever defers the first job`,
    );
  }
}

/** The URL of a store, if that is Redis. */
export function redisUrlOf(address: StoreAddress | undefined): string | undefined {
  return address !== undefined && (address.scheme === "redis:" || isRedisUrl(address.url))
    ? address.url
    : undefined;
}

/**
 * @param by The option that names it.
 * @throws {UsageError} if it is the URL of no store.
 */
export function checkStoreUrl(url: string, by: string): void {
  if (isRedisUrl(url)) {
    checkUrl(url);
  } else if (!isUrlOfStore(url)) {
    throw new UsageError(
      `Cannot use ${by}: that is the URL of no store. Write it as redis://127.0.0.1:6379/0, postgres://127.0.0.1/app or sqlite:jobs.db`,
    );
  }
}
