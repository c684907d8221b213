import type { Listening } from "../../job-notes.ts";
import { Listeners } from "../../listeners.ts";
import type { Connection } from "../connection/connection.ts";

/**
 * Hears when jobs leave results: a channel for each; and when documents change: one for all. All on
 * one connection, which is made when somebody waits first.
 *
 * Redis sends each message at most once. After the connection was lost all are told, since
 * something may have been missed.
 */
export class ResultChannel {
  readonly #open: () => Promise<Connection>;
  readonly #listeners = new Listeners();
  #connection: Promise<Connection> | undefined;
  #isClosed = false;

  /** @param open Makes a connection of its own. */
  constructor(open: () => Promise<Connection>) {
    this.#open = open;
  }

  listen(channel: string, onMessage: (message?: string) => void): Listening {
    const isFirst = this.#listeners.add(channel, onMessage);
    const ready = this.#send((connection) =>
      isFirst ? connection.subscribe([channel]) : connection.command("PING"),
    );
    return { ready, stop: () => this.#stop(channel, onMessage) };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const connection = await this.#connection?.catch(() => undefined);
    connection?.close();
  }

  #stop(channel: string, onMessage: (message?: string) => void): void {
    if (this.#listeners.remove(channel, onMessage) && !this.#isClosed) {
      // A connection that is lost has forgotten it already.
      void this.#send((connection) => connection.command("UNSUBSCRIBE", channel)).catch(
        () => undefined,
      );
    }
  }

  /** One after the other over one connection: what is sent later is answered later. */
  async #send(command: (connection: Connection) => Promise<unknown>): Promise<void> {
    await command(await (this.#connection ??= this.#connect()));
  }

  async #connect(): Promise<Connection> {
    const connection = await this.#open();
    connection.letProcessEnd();
    connection.events.on("message", (channel: string, message: unknown) =>
      this.#listeners.tell(channel, String(message)),
    );
    // Of the first time whoever listens knows by its own subscription.
    await connection.ready().catch(() => undefined);
    connection.events.on("ready", () => void this.#subscribeAnew(connection));
    return connection;
  }

  /** Never rejects: a connection that breaks comes back, and with it another try. */
  async #subscribeAnew(connection: Connection): Promise<void> {
    const channels = this.#listeners.names;
    if (channels.length > 0) {
      await connection.subscribe(channels).catch(() => undefined);
      channels.forEach((channel) => this.#listeners.tell(channel));
    }
  }
}
