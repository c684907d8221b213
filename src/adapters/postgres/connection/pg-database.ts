import { createHash } from "node:crypto";
import { ASKED, type ChannelListener, type Database, type Row, type Value } from "./database.ts";
import type { PgClient, PgPool } from "./drivers.ts";
import { inTime, whileAnswered } from "./in-time.ts";
import { PgChannel } from "./pg-channel.ts";
import { connected, guardNew } from "./pg-client.ts";
import { isRefusal } from "./postgres-errors.ts";

/** How a pool of pg's is used. */
export interface PgUse {
  /** It was made for this adapter, which closes it. */
  readonly isOwn: boolean;
  /** Statements are prepared: once for each connection. */
  readonly prepare: boolean;
  /** Milliseconds without an answer after which a connection counts as broken. */
  readonly patienceMs: number;
}

/** Postgres by way of pg. */
export class PgDatabase implements Database {
  readonly driver = "pg";
  readonly #pool: PgPool;
  readonly #use: PgUse;
  readonly #names = new Map<string, string>();
  readonly #channels = new Set<PgChannel>();

  constructor(pool: PgPool, use: PgUse) {
    this.#pool = pool;
    this.#use = use;
    guardNew(pool);
    if (use.isOwn) {
      // Of a connection that nobody uses: the next statement gets another one.
      pool.on("error", () => undefined);
    }
  }

  async query(text: string, values: readonly Value[]): Promise<readonly Row[]> {
    const name = this.#use.prepare ? { name: this.#nameOf(text) } : {};
    return this.#with(async (client) => {
      return (await client.query({ ...name, text, values: [...values] })).rows;
    });
  }

  async script(text: string): Promise<void> {
    const { patienceMs } = this.#use;
    await this.#with(
      async (client) => void (await client.query(text)),
      (work) => whileAnswered(work, { patienceMs, ask: () => this.query(ASKED, []) }),
    );
  }

  async listen(channel: string, listener: ChannelListener): Promise<{ stop: () => void }> {
    const { patienceMs } = this.#use;
    const listening = new PgChannel(this.#pool, { channel, patienceMs }, listener);
    this.#channels.add(listening);
    await listening.start();
    return {
      stop: () => {
        this.#channels.delete(listening);
        listening.stop();
      },
    };
  }

  async close(): Promise<void> {
    this.#channels.forEach((channel) => channel.stop());
    if (this.#use.isOwn) {
      await this.#pool.end();
    }
  }

  async #with<Answer>(
    work: (client: PgClient) => Promise<Answer>,
    waitFor = (answer: Promise<Answer>): Promise<Answer> => inTime(answer, this.#use),
  ): Promise<Answer> {
    const { patienceMs } = this.#use;
    const client = await connected(this.#pool, patienceMs);
    try {
      const answer = await waitFor(work(client));
      client.release();
      return answer;
    } catch (error) {
      client.release(isRefusal(error) ? undefined : (error as Error));
      throw error;
    }
  }

  #nameOf(text: string): string {
    let name = this.#names.get(text);
    if (name === undefined) {
      // Another adapter may use the same pool, and the same name has to be the same statement.
      name = `mandate_${createHash("sha1").update(text).digest("base64url").slice(0, 16)}`;
      this.#names.set(text, name);
    }
    return name;
  }
}
