import { clock } from "../support/clock.ts";
import type { Logger } from "../support/logger.ts";
import { thrownMessage } from "../support/thrown.ts";

const FIRST_PAUSE = 0.05;
const LONGEST_PAUSE = 1;

/**
 * What a worker's parts know together about a store that does not answer: one log line when the
 * first of them noticed, one when the last is served again.
 */
export class Outage {
  readonly #store: string;
  readonly #logger: Logger;
  /** Part → failures in a row. */
  readonly #failures = new Map<string, number>();
  #since = 0;

  constructor(store: string, logger: Logger) {
    this.#store = store;
    this.#logger = logger;
  }

  /** @returns seconds to wait before `part` tries again. */
  failed(part: string, error: unknown): number {
    if (this.#failures.size === 0) {
      this.#since = clock.monotonic();
      this.#logger.error(
        { err: error, store: this.#store, part },
        `The ${this.#store} store failed this worker, which keeps trying: ${thrownMessage(error)}`,
      );
    }
    const failures = this.#failures.get(part) ?? 0;
    this.#failures.set(part, failures + 1);
    return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** failures);
  }

  /** `part` was answered, or needs no answer any more. */
  over(part: string): void {
    if (this.#failures.size === 0) {
      return;
    }
    if (this.#failures.delete(part) && this.#failures.size === 0) {
      const duration = clock.monotonic() - this.#since;
      this.#logger.info(
        { store: this.#store, duration },
        `The ${this.#store} store is back after ${duration.toFixed(1)} s`,
      );
    }
  }
}

/** Resolves after that many seconds, or at once when the signal is aborted. */
export async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(seconds, signal);
  } catch {
    // Aborted: whoever waits looks at the signal itself.
  }
}
