import type { Adapter } from "../adapters/adapter.ts";
import { AdapterError } from "../adapters/adapter-error.ts";
import { clock } from "../support/clock.ts";
import type { Outage } from "./outage.ts";
import { Ticker } from "./ticker.ts";
import { within } from "./within.ts";

/** Seconds from an answer to the next question. */
const EVERY = 1;

/**
 * Seconds after which an answer is missed, counted in parts: an event loop that was busy for long
 * hears late. Where the answer before took long, as over a slow link, twice as long; and before the
 * first, nobody knows.
 */
const PATIENCE = 2;
const LONGEST_PATIENCE = 10;
const PARTS = 8;

/**
 * Asks a store that outlives the process each second whether it is there. A worker that has nothing
 * to do would not notice that it is away, and nobody would read it in the log.
 */
export class Pulse {
  readonly #adapter: Adapter;
  readonly #outage: Outage;
  readonly #ticker: Ticker;
  #patience = LONGEST_PATIENCE;
  #answerTime = 0;
  #isStopped = false;

  constructor(adapter: Adapter, outage: Outage) {
    this.#adapter = adapter;
    this.#outage = outage;
    this.#ticker = new Ticker(EVERY, () => this.#beat());
  }

  /** Seconds that the latest answer took. */
  get answerTime(): number {
    return this.#answerTime;
  }

  start(): void {
    if (this.#adapter.capabilities.persistent) {
      void this.#beat();
      this.#ticker.start();
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#ticker.stop();
    this.#outage.over("pulse");
  }

  /** Never rejects. */
  async #beat(): Promise<void> {
    const patience = this.#patience;
    const answer = this.#ask();
    for (let part = 0; part < PARTS; part += 1) {
      if (await within(patience / PARTS, answer)) {
        return;
      }
    }
    const silence = `The store has been asked, and has not answered for ${Math.round(patience)} seconds`;
    this.#failed(new AdapterError(silence));
    await answer;
  }

  /** Never rejects. */
  async #ask(): Promise<void> {
    const began = clock.monotonic();
    try {
      await this.#adapter.store.now();
      this.#outage.over("pulse");
      this.#answerTime = clock.monotonic() - began;
      this.#patience = Math.min(LONGEST_PATIENCE, Math.max(PATIENCE, 2 * this.#answerTime));
    } catch (error) {
      this.#failed(error);
    }
  }

  /**
   * What is not answered once nobody asks any more, as when the adapter was closed, is no failure.
   */
  #failed(error: unknown): void {
    if (!this.#isStopped) {
      this.#outage.failed("pulse", error);
    }
  }
}
