import type { Connection } from "./connection.ts";
import type { Keys } from "./keys.ts";

export interface WatchOptions {
  readonly keys: Keys;
  /** The connection whose own writes are not told of. */
  readonly own: Connection;
  /** A connection of its own, for nothing but messages. */
  readonly messages: Connection;
  /** A queue, a pause or the freed list changed. */
  readonly onWork: () => void;
  /** The schedule or the retries changed. */
  readonly onTimes: () => void;
  /** Said once for each reason why changes cannot be watched. */
  readonly onFailure: (error: unknown) => void;
}

const INVALIDATIONS = "__redis__:invalidate";

/**
 * Hears of every writer's changes to the keys that matter, Ruby's too, all queues on one connection: Redis's client
 * tracking in broadcasting mode, redirected to a subscriber.
 *
 * Redis sends each message at most once. After either connection was lost, both events are given, since
 * something may have been missed.
 *
 * @see Redis 6.0 `CLIENT TRACKING`; over RESP3 a redirection reported nothing, so messages come over RESP2.
 */
export class Watch {
  readonly #options: WatchOptions;
  readonly #onMessage = (_channel: string, changed: string | readonly string[] | null): void =>
    this.#hear(changed);
  readonly #onMessagesReady = (): void => void this.#renew(() => this.#subscribe());
  readonly #onOwnReady = (): void => void this.#renew(() => this.#track());
  #id: string | undefined;
  #last: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** Resolves once changes are heard of, or cannot be. */
  async open(): Promise<void> {
    const { own, messages } = this.#options;
    messages.client.on("message", this.#onMessage);
    await messages.ready();
    await own.ready();
    messages.client.on("ready", this.#onMessagesReady);
    own.client.on("ready", this.#onOwnReady);
    await this.#renew(() => this.#subscribe());
  }

  close(): void {
    const { own, messages } = this.#options;
    this.#isClosed = true;
    messages.client.off("message", this.#onMessage);
    messages.client.off("ready", this.#onMessagesReady);
    own.client.off("ready", this.#onOwnReady);
    messages.close();
  }

  /** One after the other; and something may have been missed meanwhile. */
  #renew(step: () => Promise<void>): Promise<void> {
    const { onWork, onTimes, onFailure } = this.#options;
    this.#last = this.#last.then(step).then(
      () => {
        if (!this.#isClosed) {
          onWork();
          onTimes();
        }
      },
      (error: unknown) => {
        if (!this.#isClosed) {
          onFailure(error);
        }
      },
    );
    return this.#last;
  }

  async #subscribe(): Promise<void> {
    const { messages } = this.#options;
    this.#id = String(await messages.command("CLIENT", "ID"));
    await messages.command("subscribe", INVALIDATIONS);
    await this.#track();
  }

  async #track(): Promise<void> {
    const { own, keys } = this.#options;
    const prefixes = [keys.queue(""), keys.schedule, keys.retry, keys.paused, keys.freed];
    await own.command("CLIENT", "TRACKING", "OFF");
    await own.command(
      "CLIENT",
      "TRACKING",
      "ON",
      "REDIRECT",
      String(this.#id),
      "BCAST",
      "NOLOOP",
      ...prefixes.flatMap((prefix) => ["PREFIX", prefix]),
    );
  }

  #hear(changed: string | readonly string[] | null): void {
    const { keys, onWork, onTimes } = this.#options;
    // ioredis hands on the list of keys as it is, or joined by commas; null says that all changed.
    const names = typeof changed === "string" ? changed.split(",") : (changed ?? []);
    const isTime = (name: string): boolean => name === keys.schedule || name === keys.retry;
    if (names.some(isTime) || changed === null) {
      onTimes();
    }
    if (!names.every(isTime) || changed === null) {
      onWork();
    }
  }
}
