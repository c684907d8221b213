import { monitorEventLoopDelay, type IntervalHistogram } from "node:perf_hooks";

/** Milliseconds from one measurement to the next. */
const RESOLUTION = 20;

/** Which delays are told, in seconds: half of them were shorter, 99 of 100, and all. */
export interface Delays {
  readonly "0.5": number;
  readonly "0.99": number;
  readonly "1": number;
}

/** How late the event loop comes to what it has to do. */
export class EventLoopDelay {
  readonly #histogram: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION });

  start(): void {
    this.#histogram.enable();
  }

  stop(): void {
    this.#histogram.disable();
  }

  /** Since the last time it was asked. */
  take(): Delays {
    const delays = {
      "0.5": seconds(this.#histogram.percentile(50)),
      "0.99": seconds(this.#histogram.percentile(99)),
      "1": seconds(this.#histogram.max),
    };
    const isEmpty = this.#histogram.count === 0;
    this.#histogram.reset();
    return isEmpty ? { "0.5": 0, "0.99": 0, "1": 0 } : delays;
  }
}

/** Node measures the time between two timers, in nanoseconds: what is due of that is no delay. */
function seconds(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e6 - RESOLUTION) / 1000;
}
