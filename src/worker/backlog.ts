import type { FetchedJob } from "../adapters/adapter.ts";
import { setLongTimeout } from "../support/clock.ts";

/** Seconds after which jobs that were fetched ahead in vain are given back; twice that at most. */
export const STALLED_AFTER = 0.05;

const NONE: readonly FetchedJob[] = [];

/** Jobs that were fetched and did not start yet, in their order. */
export class Backlog {
  readonly #onStall: () => void;
  #jobs = NONE;
  /** Index of the first that was not taken: shifting an array moves the others. */
  #first = 0;
  #taken = 0;
  #unwatch: (() => void) | undefined;

  /** @param onStall Called when jobs waited for `STALLED_AFTER` and not one was taken. */
  constructor(onStall: () => void) {
    this.#onStall = onStall;
  }

  get size(): number {
    return this.#jobs.length - this.#first;
  }

  add(jobs: readonly FetchedJob[]): void {
    this.#jobs = this.size === 0 ? jobs : [...this.#jobs.slice(this.#first), ...jobs];
    this.#first = 0;
  }

  take(): FetchedJob | undefined {
    const job = this.#jobs[this.#first];
    this.#first += 1;
    this.#taken += 1;
    if (this.#first >= this.#jobs.length) {
      this.#clear();
    }
    return job;
  }

  takeAll(): readonly FetchedJob[] {
    const jobs = this.#jobs.slice(this.#first);
    this.#clear();
    this.#unwatch?.();
    this.#unwatch = undefined;
    return jobs;
  }

  /** Looks out for a stall for as long as jobs wait. */
  watch(): void {
    if (this.#unwatch === undefined && this.size > 0) {
      const taken = this.#taken;
      this.#unwatch = setLongTimeout(() => this.#look(taken), STALLED_AFTER);
    }
  }

  #look(takenBefore: number): void {
    this.#unwatch = undefined;
    if (this.size > 0 && this.#taken === takenBefore) {
      this.#onStall();
    }
    this.watch();
  }

  #clear(): void {
    this.#jobs = NONE;
    this.#first = 0;
  }
}
