import type { Recurrence, Sentence } from "./recurrence.ts";

const UNITS = [
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
] as const;

/**
 * A true interval: all seconds since 1 January 1970 that it divides, whatever clocks on walls do.
 */
export class IntervalRecurrence implements Recurrence {
  readonly #seconds: number;

  constructor(seconds: number) {
    this.#seconds = seconds;
  }

  next(after: number): number {
    return (Math.floor(after / this.#seconds) + 1) * this.#seconds;
  }

  get text(): string {
    return `@every ${this.#seconds}s`;
  }

  get english(): Sentence {
    const [unit, size] = UNITS.find(([, each]) => this.#seconds % each === 0) as (typeof UNITS)[0];
    const count = this.#seconds / size;
    return { start: count === 1 ? `every ${unit}` : `every ${count} ${unit}s`, times: [], end: "" };
  }
}
