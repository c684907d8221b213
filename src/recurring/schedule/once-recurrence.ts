import type { Recurrence, Sentence } from "./recurrence.ts";

/** One point in time. */
export class OnceRecurrence implements Recurrence {
  readonly #time: number;

  constructor(time: number) {
    this.#time = time;
  }

  next(after: number): number | undefined {
    return this.#time > after ? this.#time : undefined;
  }

  get text(): string {
    return `@at ${this.#written}`;
  }

  get english(): Sentence {
    return { start: `once at ${this.#written}`, times: [], end: "" };
  }

  get #written(): string {
    return new Date(this.#time * 1000).toISOString().replace(".000Z", "Z");
  }
}
