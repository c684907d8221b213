import type { Batches } from "../adapters/batches.ts";

/** Seconds for which a batch is open that nobody keeps so. */
export const OPEN_FOR = 60;

/** That this process fills a batch: a lease, which is renewed until it is closed. */
export class Opening {
  readonly #id: string;
  readonly #batches: Batches;
  #timer: NodeJS.Timeout | undefined;

  constructor(id: string, batches: Batches) {
    this.#id = id;
    this.#batches = batches;
  }

  keep(): void {
    const renew = (): void => {
      // Where the store is away it is asked again in time, or the batch is closed without us.
      this.#batches.renew(this.#id, OPEN_FOR).catch(() => undefined);
    };
    this.#timer = setInterval(renew, (OPEN_FOR / 4) * 1_000).unref();
  }

  /** @returns `false` if it was closed before, since its time was over. */
  async close(isIncomplete: boolean): Promise<boolean> {
    clearInterval(this.#timer);
    return this.#batches.close(this.#id, isIncomplete);
  }
}
