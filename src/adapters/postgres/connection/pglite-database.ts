import type { ChannelListener, Database, Row, Value } from "./database.ts";
import type { PGliteDatabase } from "./drivers.ts";

/** PGlite: Postgres in this process, with one connection. */
export class PgliteDatabase implements Database {
  readonly driver = "pglite";
  readonly #pglite: PGliteDatabase;

  constructor(pglite: PGliteDatabase) {
    this.#pglite = pglite;
  }

  async query(text: string, values: readonly Value[]): Promise<readonly Row[]> {
    return (await this.#pglite.query(text, [...values])).rows as readonly Row[];
  }

  async script(text: string): Promise<void> {
    await this.#pglite.exec(text);
  }

  async listen(channel: string, listener: ChannelListener): Promise<{ stop: () => void }> {
    const unlisten = await this.#pglite.listen(channel, (message) => listener.onMessage(message));
    listener.onReady();
    return { stop: () => void unlisten().catch(() => undefined) };
  }

  /** It is the application's. */
  async close(): Promise<void> {}
}
