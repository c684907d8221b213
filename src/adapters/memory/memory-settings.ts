import { StoreSettings } from "../store-settings.ts";

/** What a memory adapter goes by, and the present as its records carry it. */
export class MemorySettings extends StoreSettings {
  #now = NaN;
  #unit: StoreSettings["timestamps"] | undefined;
  #text = "";

  /** `enqueued_at` as JSON; jobs of one moment share the text. */
  enqueuedAt(now: number): string {
    if (now !== this.#now || this.timestamps !== this.#unit) {
      this.#now = now;
      this.#unit = this.timestamps;
      this.#text = JSON.stringify(this.timestamp(now));
    }
    return this.#text;
  }
}
