import type { Adapter } from "../adapters/adapter.ts";
import { OnDemandTask } from "./on-demand-task.ts";
import type { Outage } from "./outage.ts";
import type { WorkerService } from "./services.ts";
import { Ticker } from "./ticker.ts";

export interface SweeperOptions {
  readonly adapter: Adapter;
  readonly outage: Outage;
  /** Seconds from one sweep to the next. */
  readonly every: number;
}

/** Has a store that others write as well look for what they did to jobs, again and again. */
export class Sweeper implements WorkerService {
  readonly #adapter: Adapter;
  readonly #ended = new AbortController();
  readonly #sweep: OnDemandTask;
  readonly #ticker: Ticker;

  constructor({ adapter, outage, every }: SweeperOptions) {
    this.#adapter = adapter;
    this.#sweep = new OnDemandTask("sweep", {
      outage,
      ended: this.#ended.signal,
      task: () => this.#look(),
    });
    this.#ticker = new Ticker(every, () => this.#sweep.run());
  }

  start(): void {
    if (this.#adapter.sweep !== undefined) {
      this.#sweep.run();
      this.#ticker.start();
    }
  }

  /** Breaks off what is under way. */
  async stop(): Promise<void> {
    this.#ticker.stop();
    this.#ended.abort();
    await this.#sweep.done();
  }

  async #look(): Promise<void> {
    const { signal } = this.#ended;
    try {
      await this.#adapter.sweep?.(signal);
    } catch (error) {
      if (!signal.aborted) {
        throw error;
      }
    }
  }
}
