import { clock } from "../../../support/clock.ts";
import { AdapterError } from "../../adapter-error.ts";
import type { Entry } from "../../adapter.ts";
import type { RedisContext } from "../redis-context.ts";
import { failure, isPassing } from "../connection/redis-errors.ts";
import { readFlag } from "../connection/read-reply.ts";
import { script, type Script } from "../scripts/script.ts";

/** Jids that are kept in mind at most. */
const MOST = 100_000;
/** Of one question. */
const SLICE = 1_000;
/** Seconds from one try to the next while nobody waits for it, and while somebody does. */
const PAUSE = 1;
const SHORT_PAUSE = 0.05;

/** Jobs that were sent together. */
interface Sent {
  /** Where Redis remembers whether it has accepted them; `undefined` where it surely has. */
  readonly place: readonly [set: string, number: number] | undefined;
  readonly jids: readonly string[];
}

/** Answers whether they were accepted. What was not will not be, should a copy be on its way. */
const resolveUncertainScript: Script<Sent, boolean> = script("resolve-uncertain", {
  encode: ({ place = ["", 0], jids }) => [...place, ...jids],
  decode: readFlag,
});

/**
 * What was sent and not answered. As soon as Redis answers again it is asked: what it has accepted
 * it remembers from then on until ten minutes after its end, and what it has not it will not accept
 * any more.
 */
export class UncertainJobs {
  readonly #context: RedisContext;
  /** By jid, the oldest first. */
  readonly #open = new Map<string, Sent>();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(context: RedisContext) {
    this.#context = context;
  }

  add(sent: Sent): void {
    for (let from = 0; from < sent.jids.length; from += SLICE) {
      const slice = { ...sent, jids: sent.jids.slice(from, from + SLICE) };
      slice.jids.forEach((jid) => this.#open.set(jid, slice));
    }
    for (const jid of this.#open.keys()) {
      if (this.#open.size <= MOST) break;
      this.#open.delete(jid);
    }
    this.#soon();
  }

  /** Whether one of these is uncertain. */
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
    for (const sent of new Set(entries.flatMap(({ jid }) => this.#open.get(jid) ?? []))) {
      await this.#resolveBy(deadline, sent);
    }
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #resolveBy(deadline: number, sent: Sent): Promise<void> {
    for (;;) {
      try {
        return await withinTime(this.#resolve(sent), deadline - clock.monotonic());
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

  async #resolve(sent: Sent): Promise<void> {
    await this.#context.run(resolveUncertainScript, sent);
    for (const jid of sent.jids) {
      // It may have been sent once more meanwhile.
      if (this.#open.get(jid) === sent) this.#open.delete(jid);
    }
  }

  #soon(): void {
    if (!this.#isClosed && this.#timer === undefined) {
      this.#timer = setTimeout(() => void this.#resolveAll(), PAUSE * 1000).unref();
    }
  }

  /** Never rejects. */
  async #resolveAll(): Promise<void> {
    try {
      for (const sent of new Set(this.#open.values())) {
        await this.#resolve(sent);
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
