import type { Adapter } from "../adapters/adapter.ts";
import { AdapterError } from "../adapters/adapter-error.ts";
import type { Outage } from "./outage.ts";
import { within } from "./shutdown.ts";
import { Ticker } from "./ticker.ts";

/** Seconds from an answer to the next question. */
const EVERY = 1;

/** Seconds after which an answer is missed, counted in parts: an event loop that was busy for long hears late. */
const PATIENCE = 2;
const PARTS = 8;

/**
 * Asks a store that outlives the process each second whether it is there. A worker that has nothing to do would not
 * notice that it is away, and nobody would read it in the log.
 */
export class Pulse {
  readonly #adapter: Adapter;
  readonly #outage: Outage;
  readonly #ticker: Ticker;

  constructor(adapter: Adapter, outage: Outage) {
    this.#adapter = adapter;
    this.#outage = outage;
    this.#ticker = new Ticker(EVERY, () => this.#beat());
  }

  start(): void {
    if (this.#adapter.capabilities.persistent) {
      this.#ticker.start();
    }
  }

  stop(): void {
    this.#ticker.stop();
    this.#outage.over("pulse");
  }

  /** Never rejects. */
  async #beat(): Promise<void> {
    const answer = this.#adapter.store.now().then(
      () => this.#outage.over("pulse"),
      (error: unknown) => void this.#outage.failed("pulse", error),
    );
    for (let part = 0; part < PARTS; part += 1) {
      if (await within(PATIENCE / PARTS, answer)) {
        return;
      }
    }
    const silence = `The store has been asked, and has not answered for ${PATIENCE} seconds`;
    this.#outage.failed("pulse", new AdapterError(silence));
    await answer;
  }
}
