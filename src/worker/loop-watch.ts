import type { FetchedJob } from "../adapters/adapter.ts";
import { clock } from "../support/clock.ts";
import type { Logger } from "../support/logger.ts";
import { runningNow, type RunningNow } from "./running-now.ts";

/** Seconds from one look to the next at most. */
const LONGEST_PAUSE = 0.25;
/** How many jobs a warning names. */
const MOST_NAMED = 5;

export interface LoopWatchOptions {
  /** Seconds for which the loop may be blocked without a word; `Infinity` for ever. */
  readonly threshold: number;
  readonly running: () => readonly RunningNow[];
  readonly logger: Logger;
}

/**
 * Notices, by a timer that is late, that the event loop was blocked, and warns with the names of
 * the jobs that may have done it: those that ran for as long, at the time. To watch each step of
 * each job would cost all of them.
 */
export class LoopWatch {
  readonly #options: LoopWatchOptions;
  readonly #pause: number;
  #timer: NodeJS.Timeout | undefined;
  #lookedAt = 0;
  /**
   * Jobs that ended since the last look, after so long that they may be the reason why the next one
   * is late.
   */
  #ended: RunningNow[] = [];

  constructor(options: LoopWatchOptions) {
    this.#options = options;
    this.#pause = Math.min(options.threshold / 4, LONGEST_PAUSE);
  }

  /** Seconds: what runs for less blocks for less. */
  get threshold(): number {
    return this.#options.threshold;
  }

  start(): void {
    if (this.threshold !== Infinity) {
      this.#lookedAt = clock.monotonic();
      this.#timer = setInterval(() => this.#look(), this.#pause * 1000).unref();
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** A job ended that ran for longer than the threshold. */
  ended(job: FetchedJob, seconds: number): void {
    if (this.#timer !== undefined) {
      this.#ended.push(runningNow(job, seconds));
    }
  }

  #look(): void {
    const now = clock.monotonic();
    const late = now - this.#lookedAt - this.#pause;
    this.#lookedAt = now;
    const ended = this.#ended;
    this.#ended = [];
    if (late < this.threshold) {
      return;
    }
    const jobs = [...ended, ...this.#options.running()].filter(({ seconds }) => seconds >= late);
    // Else something beside the worker did it, or the machine slept.
    if (jobs.length > 0) {
      this.#warn(late, jobs);
    }
  }

  #warn(late: number, jobs: readonly RunningNow[]): void {
    const names = jobs.slice(0, MOST_NAMED).map(({ name, jid }) => `${name} (${jid ?? "no jid"})`);
    const more = jobs.length > MOST_NAMED ? ` and ${jobs.length - MOST_NAMED} more` : "";
    this.#options.logger.warn(
      { blockedFor: late, jobs },
      `The event loop was blocked for ${late.toFixed(1)} s, most likely by ${names.join(" or ")}${more}: ` +
        "no other job went on meanwhile. Compute in a worker thread, or in steps with an await between them",
    );
  }
}
