/** The part of a `pg.Pool` that is used: pass yours. */
export interface PgPool {
  /** A connection of its own. */
  connect(): Promise<PgClient>;
  /** Closes all. */
  end(): Promise<unknown>;
  /** Listens to "error". */
  on(event: "error", listener: (error: Error) => void): unknown;
  /** Listens to "connect". */
  on(event: "connect", listener: (client: PgClient) => void): unknown;
}

/** The part of a `pg.PoolClient` that is used. */
export interface PgClient {
  /** Sends a statement. */
  query(
    statement:
      string | { readonly name?: string; readonly text: string; readonly values: unknown[] },
  ): Promise<{ readonly rows: readonly Record<string, unknown>[] }>;
  /** Gives it back; with an error, it is closed. */
  release(error?: Error | boolean): unknown;
  /** Listens to "notification", "error" and "end". */
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  /** Ends that. */
  removeListener(event: string, listener: (...args: unknown[]) => void): unknown;
}

/** The part of postgres.js's `sql` that is used: pass yours. */
export interface PostgresJsSql {
  /** Sends a statement as it is. */
  unsafe(
    text: string,
    values?: never[],
    options?: { readonly prepare?: boolean },
  ): PromiseLike<readonly Record<string, unknown>[]> & { simple(): PromiseLike<unknown> };
  /** Hears of a channel. */
  listen(
    channel: string,
    onMessage: (message: string) => void,
    onReady?: () => void,
  ): PromiseLike<{ unlisten(): PromiseLike<unknown> }>;
  /** Closes all. */
  end(options?: { readonly timeout?: number }): PromiseLike<unknown>;
}

/** The part of a `PGlite` that is used: pass yours. */
export interface PGliteDatabase {
  /** Where its files are. */
  readonly dataDir?: string | undefined;
  /** Sends a statement. */
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
  /** Sends many. */
  exec(text: string): Promise<unknown>;
  /** Hears of a channel. */
  listen(channel: string, onMessage: (message: string) => void): Promise<() => Promise<void>>;
}
