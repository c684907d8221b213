import { timestamp } from "../job-record.ts";

/** `enqueued_at` as JSON; jobs of one moment share the text. */
export class Stamp {
  #now = NaN;
  #text = "";

  at(now: number): string {
    if (now !== this.#now) {
      this.#now = now;
      this.#text = JSON.stringify(timestamp(now));
    }
    return this.#text;
  }
}
