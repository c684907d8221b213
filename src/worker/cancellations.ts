import type { FetchedJob } from "../adapters/adapter.ts";
import { cancelRun } from "../job/inside/cancellation.ts";
import type { Logger } from "../support/logger.ts";
import { namesIn, nameOf } from "./jid-of.ts";
import type { Slots } from "./slots.ts";

export interface CancellationsOptions {
  readonly slots: Slots;
  readonly logger: Logger;
  /** Gives back a job that was not run: the store knows that it is over. */
  readonly release: (job: FetchedJob) => void;
}

/** What a worker does about jobs that somebody cancels. While there are none it costs nothing. */
export class Cancellations {
  readonly #options: CancellationsOptions;
  /** Jobs whose cancelling the store told of, and that did not end here since. */
  readonly #jids = new Set<string>();
  readonly #running = new Map<string, FetchedJob>();

  constructor(options: CancellationsOptions) {
    this.#options = options;
  }

  /**
   * @param jids All that are cancelled and have not ended, in any worker; and the keys of batches
   *   whose jobs are.
   */
  heard(jids: ReadonlySet<string>): void {
    const { slots } = this.#options;
    this.#jids.clear();
    jids.forEach((jid) => this.#jids.add(jid));
    if (this.#jids.size === 0) {
      return;
    }
    for (const job of slots.runningJobs) {
      const { jid, batch } = namesIn(job);
      if (jid !== undefined && (this.#jids.has(jid) || this.#jids.has(batch))) {
        this.#running.set(jid, job);
        cancelRun(job);
      }
    }
    slots.sift((waiting) => this.sift(waiting));
  }

  /** @returns those of these jobs that may begin; the others are given back. */
  sift(jobs: readonly FetchedJob[]): readonly FetchedJob[] {
    if (this.#jids.size === 0) {
      return jobs;
    }
    this.#forgetEnded();
    return jobs.filter((job) => !this.#dropped(job));
  }

  /** The store does not tell a worker of what it has settled itself. */
  #forgetEnded(): void {
    const running = new Set(this.#options.slots.runningJobs);
    for (const [jid, job] of this.#running) {
      if (!running.has(job)) {
        this.#running.delete(jid);
        this.#jids.delete(jid);
      }
    }
  }

  #dropped(job: FetchedJob): boolean {
    const { jid, batch } = namesIn(job);
    if (jid === undefined || !(this.#jids.delete(jid) || this.#jids.has(batch))) {
      return false;
    }
    const { logger, release } = this.#options;
    logger.warn({ jid, queue: job.queue }, `Cancelled ${nameOf(job)} before it began`);
    release(job);
    return true;
  }
}
