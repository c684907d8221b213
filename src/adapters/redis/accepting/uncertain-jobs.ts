import { clock } from "../../../support/clock.ts";
import { AdapterError } from "../../adapter-error.ts";
import type { Entry } from "../../adapter.ts";
import type { RedisContext } from "../redis-context.ts";
import { failure, isPassing } from "../connection/redis-errors.ts";
import { resolveUncertainScript } from "../scripts/scripts.ts";

/** Jids that are kept in mind at most. */
const MOST = 100_000;
/** Of one question. */
const SLICE = 1_000;
/** Seconds from one try to the next while nobody waits for it, and while somebody does. */
const PAUSE = 1;
const SHORT_PAUSE = 0.05;

/** A batch of which nobody knows whether Redis has it; `place` is `undefined` where it has. */
interface Doubt {
  readonly place: readonly [set: string, number: number] | undefined;
  readonly jids: readonly string[];
}

/**
 * What was sent and not answered. As soon as Redis answers again it is asked: what it has accepted it remembers from then on
 * until ten minutes after its end, and what it has not it will not accept any more.
 */
export class UncertainJobs {
  readonly #context: RedisContext;
  /** By jid, the oldest first. */
  readonly #open = new Map<string, Doubt>();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(context: RedisContext) {
    this.#context = context;
  }

  add(doubt: Doubt): void {
    for (let from = 0; from < doubt.jids.length; from += SLICE) {
      const slice = { ...doubt, jids: doubt.jids.slice(from, from + SLICE) };
      slice.jids.forEach((jid) => this.#open.set(jid, slice));
    }
    for (const jid of this.#open.keys()) {
      if (this.#open.size <= MOST) break;
      this.#open.delete(jid);
    }
    this.#soon();
  }

  /** Whether there is doubt about one of these. */
  concern(entries: readonly Entry[]): boolean {
    return this.#open.size > 0 && entries.some(({ jid }) => this.#open.has(jid));
  }

  /**
   * Asks about these.
   *
   * @param timeout Seconds.
   * @throws {AdapterError} if Redis does not answer in time.
   */
  async resolve(entries: readonly Entry[], timeout: number): Promise<void> {
    const deadline = clock.monotonic() + timeout;
    for (const doubt of new Set(entries.flatMap(({ jid }) => this.#open.get(jid) ?? []))) {
      await this.#resolveBy(deadline, doubt);
    }
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #resolveBy(deadline: number, doubt: Doubt): Promise<void> {
    for (;;) {
      try {
        return await withinTime(this.#resolve(doubt), deadline - clock.monotonic());
      } catch (error) {
        const { cause = error } = error as AdapterError;
        if (!isPassing(cause) || clock.monotonic() + SHORT_PAUSE > deadline) {
          const { message } = failure("enqueue", cause);
          throw new AdapterError(message, { cause, maybeAccepted: true });
        }
      }
      await clock.sleep(SHORT_PAUSE);
    }
  }

  async #resolve({ place, jids }: Doubt): Promise<void> {
    await this.#context.run<number>(resolveUncertainScript, [...(place ?? ["", 0]), ...jids]);
    jids.forEach((jid) => this.#open.delete(jid));
  }

  #soon(): void {
    if (!this.#isClosed && this.#timer === undefined) {
      this.#timer = setTimeout(() => void this.#resolveAll(), PAUSE * 1000).unref();
    }
  }

  /** Never rejects. */
  async #resolveAll(): Promise<void> {
    try {
      for (const doubt of new Set(this.#open.values())) {
        await this.#resolve(doubt);
      }
    } catch {
      // Whoever else asks Redis tells of an outage.
    }
    this.#timer = undefined;
    if (this.#open.size > 0) {
      this.#soon();
    }
  }
}

async function withinTime(work: Promise<void>, seconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error("no answer in time");
    timer = setTimeout(() => reject(error), Math.max(0, seconds * 1000));
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
