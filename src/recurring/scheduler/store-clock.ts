import type { JobStore } from "../../adapters/job-store.ts";
import { clock } from "../../support/clock.ts";

/** How often the store is asked at first: the quickest answer says most. */
const SAMPLES = 3;

/**
 * The store's time without asking for it each time: no change of this machine's clock moves it. It
 * is never ahead, and behind by the time that an answer takes at most.
 */
export class StoreClock {
  readonly #store: Pick<JobStore, "now">;
  #offset = -Infinity;

  constructor(store: Pick<JobStore, "now">) {
    this.#store = store;
  }

  /** To be called before anything else. */
  async begin(): Promise<void> {
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      await this.measure();
    }
  }

  async measure(): Promise<void> {
    const asked = clock.monotonic();
    const now = await this.#store.now();
    const [least, most] = [now - clock.monotonic(), now - asked];
    // What is known says more than a slow answer, as long as it may be true.
    if (this.#offset < least || this.#offset > most) {
      this.#offset = least;
    }
  }

  /** Epoch seconds. */
  now(): number {
    return clock.monotonic() + this.#offset;
  }
}
