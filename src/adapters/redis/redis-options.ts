import { ConfigurationError } from "../../support/errors.ts";
import { didYouMean, folded } from "../../support/nearest.ts";
import { FIXED } from "./connection/fixed-options.ts";
import { STORE_OPTIONS, type StoreOptions } from "../store-settings.ts";
import { isWireFormats, type WireFormats } from "../wire-format.ts";
import type { Logger } from "../../support/logger.ts";

/** The part of an ioredis client that is used: pass yours, of version 5 or 6. */
export interface RedisClient {
  /** "ready" once commands can be sent. */
  readonly status: string;
  /** Sends one command, and resolves to Redis's answer. */
  call(command: string, ...args: (string | number)[]): Promise<unknown>;
  /** Listens to "ready", "close" and "error". */
  on(event: string, listener: (...args: never[]) => void): unknown;
  /** Connects again after it ended. */
  connect(): Promise<unknown>;
  /** Breaks the connection, for good unless `reconnect`. */
  disconnect(reconnect?: boolean): void;
  /** The socket that there is now. */
  readonly stream?: RedisSocket | undefined;
  /** Makes another client with the same options but these. */
  duplicate(override?: object): RedisClient;
}

/** The part of a `net.Socket` or a `tls.TLSSocket` that is used. */
export interface RedisSocket {
  readonly writable: boolean;
  write(data: string | Uint8Array, onWritten?: (error?: Error | null) => void): unknown;
  on(event: "data", listener: (bytes: Buffer) => void): unknown;
  removeAllListeners(event: "data"): unknown;
  destroy(): unknown;
  ref(): unknown;
  unref(): unknown;
}

/** Which Redis a `RedisAdapter` uses, and how. */
export interface RedisOptions extends StoreOptions {
  /**
   * `redis://…`, `rediss://…` with TLS, or a path.
   *
   * @default `REDIS_URL`, or redis://127.0.0.1:6379
   */
  readonly url?: string | undefined;
  /**
   * ioredis's own options: host, port, db, password, tls, sentinels, … but `keyPrefix`. Where an
   * answer is awaited and no byte has come or left for `commandTimeout` (5000 milliseconds unless
   * given), it counts as lost, and its connection as broken.
   */
  readonly redis?: Readonly<Record<string, unknown>> | undefined;
  /**
   * A client that is configured already. It is copied, and stays yours to close. Where it is, and
   * how it signs in, is taken over; how it deals with failures is not.
   */
  readonly client?: RedisClient | undefined;
  /**
   * Stands before every key, Sidekiq's too: with one, no Sidekiq shares the jobs. `"{jobs}:"` keeps
   * all in one slot of a Redis Cluster. @default ""
   */
  readonly keyPrefix?: string | undefined;
  /**
   * Whether a thread keeps a worker's lease while its event loop is busy. `false` saves the thread
   * and its connection; a job that computes for longer than the lease lasts is then given to
   * another worker while it runs.
   *
   * @default true
   */
  readonly leaseThread?: boolean | undefined;
  /**
   * Seconds from one heartbeat of a Sidekiq process to the next. A job that Ruby has counts as
   * finished once two of them have not found it.
   *
   * @default 10, as Sidekiq since version 7; its version 6 has 5
   */
  readonly sidekiqHeartbeat?: number | undefined;
  /**
   * For which Sidekiq's metrics page runs are counted; `false` counts none.
   *
   * @default 8
   */
  readonly sidekiqMetrics?: 7 | 8 | false | undefined;
  /**
   * How jobs are written down, unless `configure` says: for TypeScript, or so that Rails performs
   * them.
   *
   * @default "native"
   */
  readonly wireFormat?: WireFormats | undefined;
  /** @default lines for people on a terminal, JSON elsewhere */
  readonly logger?: Logger | undefined;
}

const NAMES = [
  "url",
  "redis",
  "client",
  "keyPrefix",
  "leaseThread",
  "sidekiqHeartbeat",
  "sidekiqMetrics",
  "wireFormat",
  ...STORE_OPTIONS,
  "logger",
];

/** As other libraries call them, without case. */
const OTHER_WORDS: ReadonlyMap<string, string> = new Map([
  ["prefix", "keyPrefix"],
  ["namespace", "keyPrefix"],
  ["uri", "url"],
  ["connectionstring", "url"],
  ["connection", "redis"],
  ["ioredis", "redis"],
]);

function meantBy(name: string): string {
  return didYouMean(OTHER_WORDS.get(folded(name)) ?? name, NAMES);
}

/** @throws {ConfigurationError} if an option does not exist, or two of them name a server. */
export function checkRedisOptions(options: RedisOptions): void {
  for (const name of Object.keys(options)) {
    if (!NAMES.includes(name)) {
      throw new ConfigurationError(
        `Cannot use option "${name}" for RedisAdapter: there is no such option.${meantBy(name)} There are: ` +
          `${NAMES.join(", ")}. What ioredis takes (host, port, tls, …) belongs into "redis"`,
      );
    }
  }
  if (options.wireFormat !== undefined && !isWireFormats(options.wireFormat)) {
    throw new ConfigurationError(
      'Cannot use "wireFormat" of RedisAdapter: give "native" or "activejob", or { default, queues } of them',
    );
  }
  if (options.client !== undefined && (options.url !== undefined || options.redis !== undefined)) {
    throw new ConfigurationError(
      'Cannot use "client" of RedisAdapter together with "url" or "redis": give one of them',
    );
  }
  checkSettings(options);
  const { sidekiqHeartbeat: heartbeat, sidekiqMetrics: metrics = 8 } = options;
  if (metrics !== false && metrics !== 7 && metrics !== 8) {
    throw new ConfigurationError(
      `Cannot use "sidekiqMetrics" of RedisAdapter: expected 7, 8 or false, found ${String(metrics)}`,
    );
  }
  if (heartbeat !== undefined && !(Number.isFinite(heartbeat) && heartbeat > 0)) {
    throw new ConfigurationError(
      `Cannot use "sidekiqHeartbeat" of RedisAdapter: expected a number of seconds, found ${String(heartbeat)}`,
    );
  }
}

/**
 * ioredis would ask for a database that is no number, and end the process.
 *
 * @throws {ConfigurationError} if the path of a URL is none. It is not shown: what is mistyped may
 *   be a password.
 */
export function checkUrl(url: string | undefined): void {
  if (url === undefined) {
    return;
  }
  const asked = URL.canParse(url) ? [...new URL(url).searchParams.keys()] : [];
  const fixed = asked.find((name) => Object.hasOwn(FIXED, name));
  if (fixed !== undefined) {
    throw new ConfigurationError(
      `Cannot use "${fixed}" in the URL of Redis: RedisAdapter decides it. Leave it out`,
    );
  }
  if (!namesDatabase(url)) {
    throw new ConfigurationError(
      'Cannot use "url" of RedisAdapter, or REDIS_URL: what follows the server is no number of a database. ' +
        "Write it as redis://127.0.0.1:6379/0",
    );
  }
}

/** Whether a URL ends with the number of a database, or with none. */
export function namesDatabase(url: string): boolean {
  return (
    !/^rediss?:\/\//.test(url) || !URL.canParse(url) || /^\/?\d*\/?$/.test(new URL(url).pathname)
  );
}

/** Of ioredis: those that no connection made from them could do without. */
function checkSettings({ client, redis }: RedisOptions): void {
  const { isCluster, options = redis } = Object(client) as {
    readonly isCluster?: boolean;
    readonly options?: Readonly<Record<string, unknown>>;
  };
  if (isCluster === true) {
    throw new ConfigurationError(
      "Cannot use ioredis's Cluster: all of a worker's keys are in one slot. Give the node that has it " +
        'as "url", and a keyPrefix with a hash tag, such as "{jobs}:"',
    );
  }
  const { keyPrefix, role } = options ?? {};
  if (keyPrefix !== undefined && keyPrefix !== "") {
    throw new ConfigurationError(
      `Cannot use a client of ioredis with the keyPrefix "${keyPrefix as string}": scripts get their keys without it. ` +
        'Give it to RedisAdapter as "keyPrefix", and a client without one',
    );
  }
  if (role === "slave") {
    throw new ConfigurationError(
      'Cannot use a client of ioredis with the role "slave": replicas take no jobs. Leave role out',
    );
  }
}
