import type { ChannelListener } from "./database.ts";
import type { PgClient, PgPool } from "./drivers.ts";
import { inTime } from "./in-time.ts";
import { connected } from "./pg-client.ts";

/** The longest pause before it is tried again to listen. */
const LONGEST_PAUSE_MS = 5_000;
/** Whoever stops waits so long to give a connection back as it was. */
const FAREWELL_MS = 1_000;

/** A connection that hears of a channel, and another one where that one breaks. */
export class PgChannel {
  readonly #pool: PgPool;
  readonly #channel: string;
  readonly #listener: ChannelListener;
  readonly #patienceMs: number;
  #client: PgClient | undefined;
  #unlisten: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #pauseMs = 50;
  #isStopped = false;

  constructor(
    pool: PgPool,
    { channel, patienceMs }: { readonly channel: string; readonly patienceMs: number },
    listener: ChannelListener,
  ) {
    this.#pool = pool;
    this.#channel = channel;
    this.#patienceMs = patienceMs;
    this.#listener = listener;
  }

  async start(): Promise<void> {
    const patienceMs = this.#patienceMs;
    const client = await connected(this.#pool, patienceMs);
    const onEnd = (): void => this.#broke(client);
    const onNotification = (notification: unknown): void => {
      const { channel, payload = "" } = notification as Notification;
      if (channel === this.#channel) this.#listener.onMessage(payload);
    };
    client.on("notification", onNotification);
    client.on("error", onEnd);
    client.on("end", onEnd);
    this.#unlisten = () => {
      client.removeListener("notification", onNotification);
      client.removeListener("error", onEnd);
      client.removeListener("end", onEnd);
    };
    try {
      await inTime(client.query(`LISTEN "${this.#channel}"`), { patienceMs });
    } catch (error) {
      this.#unlisten();
      client.release(true);
      throw error;
    }
    this.#client = client;
    if (this.#isStopped) {
      this.stop();
      return;
    }
    this.#pauseMs = 50;
    this.#probeLater(client);
    this.#listener.onReady();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    const client = this.#client;
    this.#client = undefined;
    if (client !== undefined) {
      this.#unlisten();
      const patienceMs = Math.min(FAREWELL_MS, this.#patienceMs);
      inTime(client.query(`UNLISTEN "${this.#channel}"`), { patienceMs }).then(
        () => client.release(),
        (error: Error) => client.release(error),
      );
    }
  }

  /** Nobody is told of a connection that has gone silent: only who asks by it hears nothing. */
  #probeLater(client: PgClient): void {
    const patienceMs = this.#patienceMs;
    this.#timer = setTimeout(() => {
      inTime(client.query("SELECT 1"), { patienceMs }).then(
        () => {
          if (this.#client === client) this.#probeLater(client);
        },
        () => this.#broke(client),
      );
    }, patienceMs);
    this.#timer.unref();
  }

  #broke(client: PgClient): void {
    if (this.#client !== client) {
      return;
    }
    this.#client = undefined;
    this.#unlisten();
    clearTimeout(this.#timer);
    client.release(true);
    this.#listener.onBreak();
    this.#again();
  }

  #again(): void {
    if (this.#isStopped) {
      return;
    }
    this.#timer = setTimeout(() => {
      this.start().catch(() => this.#again());
    }, this.#pauseMs);
    this.#timer.unref();
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
  }
}

interface Notification {
  readonly channel: string;
  readonly payload?: string;
}
