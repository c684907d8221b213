import type { JobStore } from "../../adapters/job-store.ts";
import { clock } from "../../support/clock.ts";

/** The store's time without asking for it each time: no change of this machine's clock moves it. */
export class StoreClock {
  readonly #store: Pick<JobStore, "now">;
  #offset = 0;

  constructor(store: Pick<JobStore, "now">) {
    this.#store = store;
  }

  async measure(): Promise<void> {
    const asked = clock.monotonic();
    const now = await this.#store.now();
    // It was read in the middle, as far as one can know.
    this.#offset = now - (asked + clock.monotonic()) / 2;
  }

  /** Epoch seconds. */
  now(): number {
    return clock.monotonic() + this.#offset;
  }
}
