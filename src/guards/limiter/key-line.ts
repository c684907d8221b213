import type { Taken } from "../../adapters/holds.ts";
import { clock, setLongTimeout } from "../../support/clock.ts";

/**
 * Seconds between questions where nobody knows when a key is free: the first pause, and the
 * longest.
 */
const FIRST_PAUSE = 0.01;
const LONGEST_PAUSE = 0.25;
/** Seconds by which questions are spread that others ask for the same moment. */
const SPREAD = 0.01;

/** How long somebody waits, and for what. */
export interface Waiting {
  /** Seconds. */
  readonly wait: number;
  readonly signal: AbortSignal | undefined;
  /** The store knows when the key is free: before that nobody has to ask. */
  readonly isTimed: boolean;
  readonly take: () => Promise<TakenSoon>;
}

/** As `Taken`, by a clock that is nobody's: seconds from now. */
export interface TakenSoon extends Pick<Taken, "taken"> {
  readonly retryIn?: number | undefined;
}

/**
 * Those of this process that want one key, first come, first served: only the first asks the store,
 * at growing intervals, when it may be free, and when somebody of this process has let go of it.
 */
export class KeyLine {
  #last: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #size = 0;

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  /** Somebody of this process has let go. */
  wake(): void {
    this.#wake?.();
  }

  /**
   * Takes the key, as soon as it can be had.
   *
   * @throws the signal's reason, once that is aborted.
   */
  async acquire(waiting: Waiting): Promise<TakenSoon> {
    waiting.signal?.throwIfAborted();
    let answer: TakenSoon = { taken: false };
    if (this.isEmpty) {
      answer = await waiting.take();
    }
    return answer.taken || waiting.wait === 0 ? answer : this.#stand(waiting, answer);
  }

  async #stand(waiting: Waiting, answer: TakenSoon): Promise<TakenSoon> {
    const until = clock.monotonic() + waiting.wait;
    const before = this.#last;
    let leave = (): void => undefined;
    const left = new Promise<void>((resolve) => (leave = resolve));
    this.#last = before === undefined ? left : before.then(() => left);
    this.#size += 1;
    try {
      if (before !== undefined) {
        await pause(waiting, until, (arrive) => void before.then(arrive));
      }
      return await this.#ask(waiting, until, answer);
    } finally {
      this.#size -= 1;
      if (this.#size === 0) this.#last = undefined;
      leave();
    }
  }

  /** As the first in line. */
  async #ask(waiting: Waiting, until: number, first: TakenSoon): Promise<TakenSoon> {
    let answer = first;
    for (let longest = FIRST_PAUSE; ; longest = Math.min(2 * longest, LONGEST_PAUSE)) {
      const left = until - clock.monotonic();
      const free = pauseBefore(waiting, answer, longest);
      if (left <= 0 || (waiting.isTimed && free > left)) {
        return answer;
      }
      const next = clock.monotonic() + Math.min(free + Math.random() * SPREAD, left);
      await pause(waiting, next, (wake) => (this.#wake = wake));
      this.#wake = undefined;
      answer = await waiting.take();
      if (answer.taken) {
        return answer;
      }
    }
  }
}

function pauseBefore({ isTimed }: Waiting, { retryIn }: TakenSoon, longest: number): number {
  const spread = longest * (0.5 + Math.random() / 2);
  return Math.max(0, isTimed ? (retryIn ?? spread) : Math.min(retryIn ?? Infinity, spread));
}

/** Until that moment of the monotonic clock, or until somebody calls what `listen` is given. */
function pause(
  { signal }: Pick<Waiting, "signal">,
  until: number,
  listen: (wake: () => void) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const end = (): void => {
      cancel();
      signal?.removeEventListener("abort", abort);
      resolve();
    };
    const abort = (): void => {
      cancel();
      reject(signal?.reason as Error);
    };
    const cancel = setLongTimeout(end, until - clock.monotonic());
    signal?.addEventListener("abort", abort, { once: true });
    listen(end);
  });
}
