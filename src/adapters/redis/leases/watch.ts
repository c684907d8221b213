import type { Connection } from "../connection/connection.ts";
import { isPassing } from "../connection/redis-errors.ts";
import type { HeardKeys } from "./heard-keys.ts";

export interface WatchOptions {
  readonly keys: HeardKeys;
  /** The connection whose own writes are not told of. */
  readonly own: Connection;
  /** A connection of its own, for nothing but messages. */
  readonly messages: Connection;
  /** Where jobs are handed over, and what takes them. */
  readonly handOver: { readonly channel: string; readonly onJob: (message: string) => void };
  /** A queue that is served, a pause or the freed list changed. */
  readonly onWork: () => void;
  /** The schedule, the retries, or when keys are free changed. */
  readonly onTimes: () => void;
  /** Jobs were cancelled, or such a job has ended. */
  readonly onCancelled: () => void;
  /**
   * Changes cannot be heard of: all events are given each second then. Untrusted once until it
   * works again.
   */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Where changes are not heard of: seconds from look to look, and looks from one try to hear again
 * to the next.
 */
const POLL = 1;
const POLLS_PER_TRY = 10;

const INVALIDATIONS = "__redis__:invalidate";

/**
 * Hears of every writer's changes to the keys that matter, Ruby's too, all queues that are served
 * on one connection: Redis's client tracking in broadcasting mode, redirected to a subscriber.
 *
 * Redis sends each message at most once. After either connection was lost, all events are given,
 * since something may have been missed.
 *
 * @see Redis 6.0 `CLIENT TRACKING`; over RESP3 a redirection reported nothing, and every connection
 *   is over RESP2.
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
  readonly #onMessagesReady = (): void => void this.#renew(() => this.#subscribe());
  readonly #onMessagesClose = (): void => {
    this.#id = undefined;
    this.#closes += 1;
    this.#poll();
  };
  readonly #onOwnReady = (): void => void this.#renew(() => this.#track());
  readonly #onOwnClose = (): void => {
    this.#closes += 1;
  };
  /** Of the messages' connection; `undefined` while it is away, or was not asked. */
  #id: string | undefined;
  /** How often one of the two connections was lost. */
  #closes = 0;
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
    messages.events.on("close", this.#onMessagesClose);
    own.events.on("ready", this.#onOwnReady);
    own.events.on("close", this.#onOwnClose);
    await this.#renew(() => this.#subscribe());
  }

  close(): void {
    const { own, messages } = this.#options;
    this.#isClosed = true;
    clearInterval(this.#polling);
    messages.events.off("message", this.#onMessage);
    messages.events.off("ready", this.#onMessagesReady);
    messages.events.off("close", this.#onMessagesClose);
    own.events.off("ready", this.#onOwnReady);
    own.events.off("close", this.#onOwnClose);
    messages.close();
  }

  /**
   * Finds out whether the messages' connection still leads anywhere: it only listens, and would
   * never notice.
   */
  async check(): Promise<void> {
    const { messages } = this.#options;
    if (messages.isReady) {
      // One that is not answered is broken off, and made anew.
      await messages.command("PING").catch(() => undefined);
    }
  }

  /** One after the other; and something may have been missed meanwhile. */
  #renew(step: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(() => this.#try(step));
    return this.#last;
  }

  /** Never rejects. */
  async #try(step: () => Promise<void>): Promise<void> {
    const closes = this.#closes;
    try {
      await step();
    } catch (error) {
      this.#poll();
      // A connection that broke comes back, and with it another try.
      if (!isPassing(error) && (await this.#isUnbroken(closes)) && !this.#hasToldOfFailure) {
        this.#hasToldOfFailure = true;
        this.#options.onFailure(error);
      }
      return;
    }
    if (this.#id !== undefined) {
      clearInterval(this.#polling);
      this.#polling = undefined;
      this.#hasToldOfFailure = false;
    }
    this.#tellAll();
  }

  /**
   * Whether both connections are still the ones that there were. Redis may refuse something because
   * it has closed one, of which nobody here has heard yet: who asks hears of it.
   */
  async #isUnbroken(closes: number): Promise<boolean> {
    const { own, messages } = this.#options;
    const answers = await Promise.allSettled([messages.command("PING"), own.command("PING")]);
    const areAnswered = answers.every(({ status }) => status === "fulfilled");
    return areAnswered && closes === this.#closes && !this.#isClosed;
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
    // All at once: over a slow link each question takes its time. The id first, for which a
    // subscriber could not ask.
    const [id] = await Promise.all([
      this.#id ?? messages.command("CLIENT", "ID"),
      // Who may not hear of it is handed nothing: jobs go by the queue, and that is heard of.
      messages.subscribe([this.#options.handOver.channel]).catch(() => undefined),
      messages.subscribe([INVALIDATIONS]),
    ]);
    this.#id = String(id);
    await this.#track();
  }

  async #track(): Promise<void> {
    const { own, keys } = this.#options;
    if (this.#id === undefined) {
      // Once the messages' connection is back, this follows.
      return;
    }
    await Promise.all([
      own.command("CLIENT", "TRACKING", "OFF"),
      own.command(
        "CLIENT",
        "TRACKING",
        "ON",
        "REDIRECT",
        this.#id,
        "BCAST",
        "NOLOOP",
        ...keys.prefixes.flatMap((prefix) => ["PREFIX", prefix]),
      ),
    ]);
  }

  #hear(changed: string | readonly string[] | null): void {
    const { keys, onWork, onTimes, onCancelled } = this.#options;
    // A list of keys; null says that all changed.
    const names = typeof changed === "string" ? [changed] : (changed ?? []);
    const changes = new Set(names.map((name) => keys.changeOf(name)));
    if (changes.has("times") || changed === null) {
      onTimes();
    }
    if (changes.has("cancelled") || changed === null) {
      onCancelled();
    }
    if (changes.has("work") || changed === null) {
      onWork();
    }
  }
}
