import type { ChannelListener, Database, Row, Value } from "./database.ts";
import type { PostgresJsSql } from "./drivers.ts";

/** Postgres by way of postgres.js. */
export class PostgresJsDatabase implements Database {
  readonly driver = "postgres.js";
  readonly #sql: PostgresJsSql;
  readonly #prepare: boolean;

  constructor(sql: PostgresJsSql, prepare: boolean) {
    this.#sql = sql;
    this.#prepare = prepare;
  }

  async query(text: string, values: readonly Value[]): Promise<readonly Row[]> {
    return await this.#sql.unsafe(text, values as never[], { prepare: this.#prepare });
  }

  async script(text: string): Promise<void> {
    await this.#sql.unsafe(text).simple();
  }

  async listen(channel: string, listener: ChannelListener): Promise<{ stop: () => void }> {
    // It connects again by itself, and says so.
    const listening = await this.#sql.listen(
      channel,
      (message) => listener.onMessage(message),
      () => listener.onReady(),
    );
    return { stop: () => void Promise.resolve(listening.unlisten()).catch(() => undefined) };
  }

  /** It is the application's. */
  async close(): Promise<void> {}
}
