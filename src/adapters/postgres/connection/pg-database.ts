import { createHash } from "node:crypto";
import type { ChannelListener, Database, Row, Value } from "./database.ts";
import type { PgClient, PgPool } from "./drivers.ts";
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

/** The longest pause before it is tried again to listen. */
const LONGEST_PAUSE_MS = 5_000;

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
    await this.#with(async (client) => void (await client.query(text)));
  }

  async listen(channel: string, listener: ChannelListener): Promise<{ stop: () => void }> {
    const listening = new PgChannel(this.#pool, channel, listener);
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

  async #with<Answer>(work: (client: PgClient) => Promise<Answer>): Promise<Answer> {
    const client = guarded(await this.#pool.connect());
    const { patienceMs } = this.#use;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = new Error(`no answer for ${patienceMs / 1000} seconds`);
      timer = setTimeout(() => reject(error), patienceMs);
    });
    try {
      const answer = await Promise.race([work(client), late]);
      client.release();
      return answer;
    } catch (error) {
      client.release(isRefusal(error) ? undefined : (error as Error));
      throw error;
    } finally {
      clearTimeout(timer);
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

const knownPools = new WeakSet<PgPool>();
const known = new WeakSet<PgClient>();

/** A connection that is ended as soon as it is there says so before connect() is heard of. */
function guardNew(pool: PgPool): void {
  if (!knownPools.has(pool)) {
    knownPools.add(pool);
    pool.on("connect", guarded);
  }
}

/**
 * One that breaks says so, too, while it is in use, which would end the process where nobody
 * listens.
 */
function guarded(client: PgClient): PgClient {
  if (!known.has(client)) {
    known.add(client);
    client.on("error", () => undefined);
  }
  return client;
}

/** A connection that hears of a channel, and another one where that one breaks. */
class PgChannel {
  readonly #pool: PgPool;
  readonly #channel: string;
  readonly #listener: ChannelListener;
  #client: PgClient | undefined;
  #unlisten: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #pauseMs = 50;
  #isStopped = false;

  constructor(pool: PgPool, channel: string, listener: ChannelListener) {
    this.#pool = pool;
    this.#channel = channel;
    this.#listener = listener;
  }

  async start(): Promise<void> {
    const client = guarded(await this.#pool.connect());
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
    this.#client = client;
    let isListening = false;
    try {
      await client.query(`LISTEN "${this.#channel}"`);
      isListening = true;
    } finally {
      if (!isListening) {
        this.#client = undefined;
        this.#unlisten();
        client.release(true);
      }
    }
    if (this.#isStopped) {
      this.stop();
      return;
    }
    this.#pauseMs = 50;
    this.#listener.onReady();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    const client = this.#client;
    this.#client = undefined;
    if (client !== undefined) {
      this.#unlisten();
      client.query(`UNLISTEN "${this.#channel}"`).then(
        () => client.release(),
        (error: Error) => client.release(error),
      );
    }
  }

  #broke(client: PgClient): void {
    if (this.#client !== client) {
      return;
    }
    this.#client = undefined;
    this.#unlisten();
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
