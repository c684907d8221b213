import type { JobStore } from "../../adapters/job-store.ts";
import { clock } from "../../support/clock.ts";

/** How often the store is asked at first: the quickest answer says most. */
const SAMPLES = 3;
/** How often it is asked beside, where it was busy then. */
const MORE_SAMPLES = 12;
/** Seconds that the time may be behind. */
const FINE = 0.001;

/**
 * The store's time without asking for it each time: no change of this machine's clock moves it. It
 * is never ahead, and behind by the time that an answer takes at most.
 */
export class StoreClock {
  readonly #store: Pick<JobStore, "now">;
  #offset = -Infinity;
  /** What the offset is at most, by all that was answered. */
  #most = Infinity;
  #samples = 0;

  constructor(store: Pick<JobStore, "now">) {
    this.#store = store;
  }

  /** To be called before anything else. */
  async begin(): Promise<void> {
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      await this.measure();
    }
  }

  /** Whether another answer may say more: the first ones come while processes start. */
  get isRough(): boolean {
    return this.#most - this.#offset > FINE && this.#samples < SAMPLES + MORE_SAMPLES;
  }

  async measure(): Promise<void> {
    this.#samples += 1;
    const asked = clock.monotonic();
    const now = await this.#store.now();
    const [least, most] = [now - clock.monotonic(), now - asked];
    // What is known says more than a slow answer, as long as it may be true.
    if (this.#offset < least || this.#offset > most) {
      this.#offset = least;
    }
    this.#most = this.#most < this.#offset ? most : Math.min(this.#most, most);
  }

  /** Epoch seconds. */
  now(): number {
    return clock.monotonic() + this.#offset;
  }
}
