import type { PgClient, PgPool } from "./drivers.ts";

/**
 * What somebody set for the whole database would have exchanges fail that only have to wait for a
 * row.
 */
const ISOLATION = "-c default_transaction_isolation=read\\ committed";

type Listener = (given: Error & PgClient) => void;

/**
 * A pool of connections with settings of their own, or without where a pooler takes none (PgBouncer
 * does not): then what is set for the database holds.
 */
export class OwnPool implements PgPool {
  readonly #make: (options: string | undefined) => PgPool;
  readonly #listeners: (readonly ["error" | "connect", Listener])[] = [];
  #pool: PgPool;

  /** @param make Makes a pool with options as of libpq, or without. */
  constructor(make: (options: string | undefined) => PgPool) {
    this.#make = make;
    this.#pool = make(ISOLATION);
  }

  async connect(): Promise<PgClient> {
    const pool = this.#pool;
    try {
      return await pool.connect();
    } catch (error) {
      if (!isAboutOptions(error)) throw error;
      if (pool === this.#pool) {
        // The one before has no connection, and whoever waits for one of it comes here as well.
        this.#pool = this.#make(undefined);
        this.#listeners.forEach((listener) => listen(this.#pool, listener));
      }
      return this.#pool.connect();
    }
  }

  on(event: "error" | "connect", listener: Listener): this {
    this.#listeners.push([event, listener]);
    listen(this.#pool, [event, listener]);
    return this;
  }

  end(): Promise<unknown> {
    return this.#pool.end();
  }
}

function listen(pool: PgPool, [event, listener]: readonly ["error" | "connect", Listener]): void {
  if (event === "error") pool.on(event, listener as (error: Error) => void);
  else pool.on(event, listener as (client: PgClient) => void);
}

function isAboutOptions(error: unknown): boolean {
  const { code, message } = (error ?? {}) as {
    readonly code?: unknown;
    readonly message?: unknown;
  };
  return code === "08P01" && /startup parameter.*options/.test(String(message));
}
