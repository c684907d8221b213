import { ASKED, type ChannelListener, type Database, type Row, type Value } from "./database.ts";
import type { PostgresJsSql } from "./drivers.ts";
import { inTime, whileAnswered } from "./in-time.ts";

/** How postgres.js is used. */
export interface PostgresJsUse {
  /** Statements are prepared: once for each connection. */
  readonly prepare: boolean;
  /**
   * Milliseconds after which an answer is waited for no longer. The connection stays what it is:
   * postgres.js takes others, as far as it may open some, and notices a broken one by itself.
   */
  readonly patienceMs: number;
}

/** Postgres by way of postgres.js. */
export class PostgresJsDatabase implements Database {
  readonly driver = "postgres.js";
  readonly #sql: PostgresJsSql;
  readonly #use: PostgresJsUse;

  constructor(sql: PostgresJsSql, use: PostgresJsUse) {
    this.#sql = sql;
    this.#use = use;
  }

  async query(text: string, values: readonly Value[]): Promise<readonly Row[]> {
    const { prepare } = this.#use;
    return await this.#inTime(this.#sql.unsafe(text, values as never[], { prepare }));
  }

  async script(text: string): Promise<void> {
    const { patienceMs } = this.#use;
    const work = Promise.resolve(this.#sql.unsafe(text).simple());
    await whileAnswered(work, { patienceMs, ask: () => this.query(ASKED, []) });
  }

  async listen(channel: string, listener: ChannelListener): Promise<{ stop: () => void }> {
    // It connects again by itself, and says so.
    const coming = Promise.resolve(
      this.#sql.listen(
        channel,
        (message) => listener.onMessage(message),
        () => listener.onReady(),
      ),
    );
    const stop = (): void =>
      void coming.then((listening) => listening.unlisten()).catch(() => undefined);
    try {
      await this.#inTime(coming);
    } catch (error) {
      stop();
      throw error;
    }
    return { stop };
  }

  async #inTime<Answer>(work: PromiseLike<Answer>): Promise<Answer> {
    return inTime(Promise.resolve(work), this.#use);
  }

  /** It is the application's. */
  async close(): Promise<void> {}
}
