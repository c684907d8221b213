/** From here on the size is no limit: more are not wanted at a time. */
const ALL = 1000;

/**
 * How many jobs to ask for where they are large. Redis hands out what fits into an answer, and has
 * to look at what does not: it is asked for no more than came along last, and for twice as many
 * each time that all of those do.
 */
export class FetchSize {
  #most = Infinity;

  limit(wanted: number): number {
    return Math.min(wanted, this.#most);
  }

  /**
   * @param counts How many were wanted, asked for, and fetched.
   * @param isCut Whether jobs were left that did not fit.
   * @returns whether there may be more although fewer came than were wanted.
   */
  answered(
    { wanted, limit, fetched }: Readonly<Record<"wanted" | "limit" | "fetched", number>>,
    isCut: boolean,
  ): boolean {
    if (isCut) {
      this.#most = Math.max(1, fetched);
    } else if (limit > 0 && this.#most !== Infinity) {
      this.#most = this.#most * 2 < ALL ? this.#most * 2 : Infinity;
    }
    return isCut || (limit < wanted && fetched === limit);
  }
}
