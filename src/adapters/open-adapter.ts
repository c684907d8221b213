import { ConfigurationError } from "../support/errors.ts";
import type { Logger } from "../support/logger.ts";
import { thrownMessage } from "../support/thrown.ts";
import type { Adapter } from "./adapter.ts";
import { LazyAdapter } from "./lazy-adapter.ts";
import { loadEntry } from "./load-entry.ts";
import { MemoryAdapter } from "./memory/memory-adapter.ts";

/** Where jobs are. */
export interface StoreAddress {
  readonly url: string;
  /** What says so: the name of an option, or of a variable of the environment. */
  readonly by: string;
  /** What kind of store it is, where that does not have to stand in the URL. @default the URL's */
  readonly scheme?: string;
}

export interface OpenOptions {
  readonly logger: Logger;
  /** For tests. */
  readonly load?: (entry: string) => Promise<unknown>;
}

/** What opens stores of one kind. */
interface Engine {
  /** What its adapters say of themselves, for those who ask before one is loaded. */
  readonly face: Pick<Adapter, "name" | "capabilities">;
  /** The entry of this package that has it. */
  readonly entry: string;
  open(entry: unknown, options: { readonly url: string; readonly logger: Logger }): Adapter;
}

const REDIS: Engine = {
  face: {
    name: "redis",
    capabilities: {
      persistent: true,
      priorities: true,
      fairness: true,
      holds: true,
      documents: true,
      batches: true,
    },
  },
  entry: "redis",
  open: (entry, options) => new (entry as RedisEntry).RedisAdapter(options),
};
const SQLITE: Engine = {
  face: { ...REDIS.face, name: "sqlite" },
  entry: "sqlite",
  open: (entry, { url }) => new (entry as SqliteEntry).SqliteAdapter({ file: url }),
};
type SqliteEntry = Pick<typeof import("./sqlite/sqlite-adapter.ts"), "SqliteAdapter">;
type RedisEntry = Pick<typeof import("./redis/redis-adapter.ts"), "RedisAdapter">;

const POSTGRES: Engine = {
  face: { name: "postgres", capabilities: REDIS.face.capabilities },
  entry: "postgres",
  open: (entry, { url, logger }) =>
    new (entry as PostgresEntry).PostgresAdapter({ connectionString: url, logger }),
};
type PostgresEntry = Pick<typeof import("./postgres/postgres-adapter.ts"), "PostgresAdapter">;

/** The one place that knows which kinds of stores there are. Of memory nothing has to be loaded. */
const ENGINES: ReadonlyMap<string, Engine | "memory"> = new Map<string, Engine | "memory">([
  ["memory:", "memory"],
  ["redis:", REDIS],
  ["rediss:", REDIS],
  ["sqlite:", SQLITE],
  ["postgres:", POSTGRES],
  ["postgresql:", POSTGRES],
]);

/**
 * What the environment says; `undefined` where it says nothing. `REDIS_URL` may be the path of a
 * socket, too.
 */
export function addressInEnvironment(
  env: NodeJS.ProcessEnv = process.env,
): StoreAddress | undefined {
  const { MANDATE_URL, REDIS_URL } = env;
  if (MANDATE_URL) {
    return { url: MANDATE_URL, by: "MANDATE_URL" };
  }
  return REDIS_URL ? { url: REDIS_URL, by: "REDIS_URL", scheme: "redis:" } : undefined;
}

/** Whether a URL is one of a store of a kind that is known. */
export function isUrlOfStore(url: string): boolean {
  return ENGINES.has(schemeOf(url) ?? "");
}

/**
 * Makes the adapter of a store, which connects with the first command.
 *
 * @throws {ConfigurationError} if its kind is not known, or what works with it cannot be loaded.
 */
export async function openAdapter(address: StoreAddress, options: OpenOptions): Promise<Adapter> {
  const engine = engineOf(address);
  return engine === "memory" ? inMemory(options) : open(engine, address, options);
}

/**
 * Makes the adapter of an application that configured none: of the store that the environment
 * names, else memory. What works with a store is loaded with the first thing that is asked of it.
 *
 * @param onOpened Gets the adapter itself then, where what is returned only stands for it.
 * @throws {ConfigurationError} if the kind of the store is not known.
 */
export function defaultAdapter(
  options: OpenOptions,
  onOpened: (adapter: Adapter) => void,
  address: StoreAddress | undefined = addressInEnvironment(),
): Adapter {
  const engine = address === undefined ? "memory" : engineOf(address);
  if (address === undefined || engine === "memory") {
    return inMemory(options);
  }
  return new LazyAdapter(engine.face, async () => {
    const adapter = await open(engine, address, options);
    onOpened(adapter);
    return adapter;
  });
}

function inMemory({ logger }: OpenOptions): Adapter {
  return new MemoryAdapter({ logger });
}

function schemeOf(url: string): string | undefined {
  return /^[a-z]+:/i.exec(url)?.[0].toLowerCase();
}

function engineOf({ url, by, scheme = schemeOf(url) }: StoreAddress): Engine | "memory" {
  const engine = ENGINES.get(scheme ?? "");
  if (engine === undefined) {
    throw new ConfigurationError(
      `Cannot open the store that ${by} names: its URL begins with none of ${[...ENGINES.keys()].join(", ")}. ` +
        "Write it as redis://127.0.0.1:6379/0 or sqlite:jobs.db, or give configure an adapter",
    );
  }
  return engine;
}

async function open(
  engine: Engine,
  { url, by }: StoreAddress,
  { logger, load = loadEntry }: OpenOptions,
): Promise<Adapter> {
  let entry: unknown;
  try {
    entry = await load(engine.entry);
  } catch (error) {
    throw new ConfigurationError(
      `Cannot open the store that ${by} names: mandate/${engine.entry} cannot be loaded: ${thrownMessage(error)}. ` +
        "A bundle has it where the application imports it and gives its adapter to configure; or install mandate beside the bundle",
      { cause: error },
    );
  }
  return engine.open(entry, { url, logger });
}
