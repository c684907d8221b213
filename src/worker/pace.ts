/**
 * How long a job may wait here, in seconds: fetched and not started, it is out of others' reach.
 */
const LONGEST_WAIT = 0.005;
const MOST_AHEAD = 600;
const WEIGHT_OF_LATEST = 0.1;

/**
 * How fast a worker gets through jobs, and so how many it may fetch before it has room for them.
 */
export class Pace {
  /** Seconds from one finished job to the next, averaged over the latest ones. */
  #interval = Infinity;

  /** @param seconds How long a job ran, divided by how many ran at that time. */
  measure(seconds: number): void {
    this.#interval =
      this.#interval === Infinity
        ? seconds
        : this.#interval + (seconds - this.#interval) * WEIGHT_OF_LATEST;
  }

  /** Jobs that were fetched ahead found no room for so long: fetch none until that has passed. */
  stalled(seconds: number): void {
    this.#interval = Math.max(seconds, this.#interval === Infinity ? 0 : this.#interval);
  }

  /**
   * How many jobs to fetch for so many free slots (below 0: jobs that wait for one): for all of
   * them, and a third of what may be fetched ahead, so that the store hands out the others while
   * these run.
   */
  room(free: number): number {
    const { ahead } = this;
    return Math.max(0, Math.min(free + ahead, Math.max(free, Math.ceil(ahead / 3))));
  }

  /** How many jobs to fetch beyond those that can start at once. */
  get ahead(): number {
    return Math.min(MOST_AHEAD, Math.floor(LONGEST_WAIT / Math.max(this.#interval, 1e-9)));
  }
}
