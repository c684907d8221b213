import type { Adapter } from "../../adapters/adapter.ts";
import type { Logger } from "../../support/logger.ts";
import { claimOf, commit, needsLast } from "../claim/claim.ts";
import { keptIn } from "../store/stored-job.ts";
import type { PlannedJobs } from "./planned-jobs.ts";
import type { StoreClock } from "./store-clock.ts";

/** How many recurring jobs are claimed side by side. */
const ABREAST = 200;

/** Claims what is due, for one worker. */
export class Claims {
  readonly #adapter: Adapter;
  readonly #logger: Logger;
  /** Seconds to wait for the store. */
  readonly #timeout: number;
  readonly #jobs: PlannedJobs;
  readonly #clock: Pick<StoreClock, "now">;
  #isStopped = false;

  constructor(
    options: { readonly adapter: Adapter; readonly logger: Logger; readonly timeout: number },
    { jobs, clock }: { readonly jobs: PlannedJobs; readonly clock: Pick<StoreClock, "now"> },
  ) {
    this.#adapter = options.adapter;
    this.#logger = options.logger;
    this.#timeout = options.timeout;
    this.#jobs = jobs;
    this.#clock = clock;
  }

  /** Nothing is claimed any more but what is on its way. */
  stop(): void {
    this.#isStopped = true;
  }

  /** @throws the first error of the store, once all that was sent to it has been answered. */
  async claimDue(): Promise<void> {
    const due = this.#jobs.due(this.#clock.now());
    for (let first = 0; first < due.length; first += ABREAST) {
      const claims = due.slice(first, first + ABREAST).map((key) => this.#claimOrLeave(key));
      // None goes on behind the back of who waits for this to end.
      const failed = (await Promise.allSettled(claims)).find(({ status }) => status === "rejected");
      if (failed?.status === "rejected") throw failed.reason;
    }
  }

  /** What is wrong with one is nothing that others wait for. */
  async #claimOrLeave(key: string): Promise<void> {
    try {
      await this.#claim(key);
    } catch (error) {
      // All else is the store's: this one's turn comes again.
      if (!(error instanceof RangeError || error instanceof SyntaxError)) throw error;
      this.#jobs.leave(key);
      this.#logger.error(
        { err: error, key },
        `Recurring job "${key}" is left out until it is defined anew: ${String(error)}`,
      );
    }
  }

  /**
   * Until nothing is due any more: somebody else may come first, or not all may fit into one step.
   */
  async #claim(key: string): Promise<void> {
    for (let isFirst = true; ; isFirst = false) {
      const now = this.#clock.now();
      const active = this.#jobs.active(key);
      if (active === undefined || active.next > now || this.#isStopped) {
        return;
      }
      if (active.next === -Infinity && !isFirst) {
        // Which set counts has to be looked at before.
        return;
      }
      const { kept, definition } = active;
      const last = needsLast(definition, kept.stored);
      const adapter = this.#adapter;
      const isBusy = last !== undefined && (await adapter.unfinished([last])).length > 0;
      // By another schedule than before: what is due until now by that one comes first.
      const schedule = this.#jobs.scheduleOf(kept.stored.schedule, key);
      const claim =
        schedule === undefined
          ? { entries: [], stored: { ...kept.stored, after: Math.max(kept.stored.after, now) } }
          : claimOf(kept, definition, { schedule, now, isBusy });
      const isAll = claim.stored.after >= now;
      const stored = isAll ? { ...claim.stored, schedule: definition.schedule } : claim.stored;
      const answer = await commit(adapter, kept, { ...claim, stored }, this.#timeout);
      if (answer.conflict === undefined) {
        this.#jobs.take({ ...kept, stored, version: answer.version ?? kept.version });
      } else if (answer.conflict.found === undefined) {
        this.#jobs.forget(key);
      } else {
        this.#jobs.take(keptIn(answer.conflict.found));
      }
    }
  }
}
