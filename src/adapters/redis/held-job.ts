import type { FetchedJob } from "../adapter.ts";

/** A job as a lease handed it out. It knows whose it is: a table of those that were settled would be written to for each. */
export class HeldJob implements FetchedJob {
  readonly queue: string;
  readonly payload: string;
  recoveries = 0;
  #holder: object | undefined;
  #claim = 0;

  constructor(holder: object, queue: string, payload: string) {
    this.queue = queue;
    this.payload = payload;
    this.#holder = holder;
  }

  isOf(holder: object): boolean {
    return this.#holder === holder;
  }

  /** Whoever held it does so no more, and did not settle it. */
  lose(): void {
    this.#holder = undefined;
  }

  /** @returns whether nobody with that number claimed it before. */
  claim(number: number): boolean {
    const isFirst = this.#claim !== number;
    this.#claim = number;
    return isFirst;
  }
}
