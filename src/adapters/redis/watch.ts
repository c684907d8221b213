import type { Connection } from "./connection.ts";
import type { Keys } from "./keys.ts";
import { isPassing } from "./redis-errors.ts";

export interface WatchOptions {
  readonly keys: Keys;
  /** The connection whose own writes are not told of. */
  readonly own: Connection;
  /** A connection of its own, for nothing but messages. */
  readonly messages: Connection;
  /** Where jobs are handed over, and what takes them. */
  readonly handOver: { readonly channel: string; readonly onJob: (message: string) => void };
  /** A queue, a pause or the freed list changed. */
  readonly onWork: () => void;
  /** The schedule or the retries changed. */
  readonly onTimes: () => void;
  /** Jobs were cancelled, or such a job has ended. */
  readonly onCancelled: () => void;
  /** Changes cannot be heard of: all events are given each second then. Told once until it works again. */
  readonly onFailure: (error: unknown) => void;
}

/** Where changes are not heard of: seconds from look to look, and looks from one try to hear again to the next. */
const POLL = 1;
const POLLS_PER_TRY = 10;

const INVALIDATIONS = "__redis__:invalidate";

/**
 * Hears of every writer's changes to the keys that matter, Ruby's too, all queues on one connection: Redis's client
 * tracking in broadcasting mode, redirected to a subscriber.
 *
 * Redis sends each message at most once. After either connection was lost, all events are given, since
 * something may have been missed.
 *
 * @see Redis 6.0 `CLIENT TRACKING`; over RESP3 a redirection reported nothing, and every connection is over RESP2.
 */
export class Watch {
  readonly #options: WatchOptions;
  readonly #onMessage = (channel: string, said: string | readonly string[] | null): void => {
    const { handOver } = this.#options;
    if (channel === handOver.channel) {
      handOver.onJob(String(said));
    } else {
      this.#hear(said);
    }
  };
  readonly #onMessagesReady = (): void => {
    this.#id = undefined;
    void this.#renew(() => this.#subscribe());
  };
  readonly #onOwnReady = (): void => void this.#renew(() => this.#track());
  #id: string | undefined;
  #last: Promise<void> = Promise.resolve();
  #isClosed = false;
  #polling: NodeJS.Timeout | undefined;
  #hasToldOfFailure = false;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** Resolves once changes are heard of, or cannot be. */
  async open(): Promise<void> {
    const { own, messages } = this.#options;
    messages.events.on("message", this.#onMessage);
    await messages.ready();
    await own.ready();
    messages.events.on("ready", this.#onMessagesReady);
    own.events.on("ready", this.#onOwnReady);
    await this.#renew(() => this.#subscribe());
  }

  close(): void {
    const { own, messages } = this.#options;
    this.#isClosed = true;
    clearInterval(this.#polling);
    messages.events.off("message", this.#onMessage);
    messages.events.off("ready", this.#onMessagesReady);
    own.events.off("ready", this.#onOwnReady);
    messages.close();
  }

  /** Finds out whether the messages' connection still leads anywhere: it only listens, and would never notice. */
  async check(): Promise<void> {
    const { messages } = this.#options;
    if (messages.isReady) {
      // One that is not answered is broken off, and made anew.
      await messages.command("PING").catch(() => undefined);
    }
  }

  /** One after the other; and something may have been missed meanwhile. */
  #renew(step: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(step).then(
      () => {
        clearInterval(this.#polling);
        this.#polling = undefined;
        this.#hasToldOfFailure = false;
        this.#tellAll();
      },
      (error: unknown) => {
        // A connection that broke comes back, and with it another try.
        if (!this.#isClosed && !this.#hasToldOfFailure && !isPassing(error)) {
          this.#hasToldOfFailure = true;
          this.#options.onFailure(error);
        }
        this.#poll();
      },
    );
    return this.#last;
  }

  #poll(): void {
    if (this.#isClosed || this.#polling !== undefined) {
      return;
    }
    let polls = 0;
    this.#polling = setInterval(() => {
      polls += 1;
      this.#tellAll();
      if (polls % POLLS_PER_TRY === 0) {
        void this.#renew(() => this.#subscribe());
      }
    }, POLL * 1000).unref();
  }

  #tellAll(): void {
    if (!this.#isClosed) {
      this.#options.onWork();
      this.#options.onTimes();
      this.#options.onCancelled();
    }
  }

  async #subscribe(): Promise<void> {
    const { messages } = this.#options;
    // A subscriber could not ask again.
    this.#id ??= String(await messages.command("CLIENT", "ID"));
    // Who may not hear of it is handed nothing: jobs go by the queue, and that is heard of.
    const handedOver = messages.subscribe([this.#options.handOver.channel]).catch(() => undefined);
    // Sent after it: where the connection breaks, this fails.
    await messages.subscribe([INVALIDATIONS]);
    await handedOver;
    await this.#track();
  }

  async #track(): Promise<void> {
    const { own, keys } = this.#options;
    const { schedule, retry, paused, freed, cancelled } = keys;
    const prefixes = [keys.queue(""), schedule, retry, paused, freed, cancelled];
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
    const { keys, onWork, onTimes, onCancelled } = this.#options;
    // A list of keys; null says that all changed.
    const names = typeof changed === "string" ? [changed] : (changed ?? []);
    const isTime = (name: string): boolean => name === keys.schedule || name === keys.retry;
    if (names.some(isTime) || changed === null) {
      onTimes();
    }
    if (names.includes(keys.cancelled) || changed === null) {
      onCancelled();
    }
    if (!names.every((name) => isTime(name) || name === keys.cancelled) || changed === null) {
      onWork();
    }
  }
}
