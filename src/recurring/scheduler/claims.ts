import type { Adapter } from "../../adapters/adapter.ts";
import type { Document, Documents } from "../../adapters/documents.ts";
import type { Refusal } from "../../adapters/enqueue-answer.ts";
import type { Logger } from "../../support/logger.ts";
import { readOr } from "../../support/thrown.ts";
import { noteOf } from "../claim/claim-note.ts";
import { claimOf, needsLast, type ReadyClaim, readyToSend, withRefusals } from "../claim/claim.ts";
import { jobDocument, keptIn, type KeptJob, type StoredJob } from "../store/stored-job.ts";
import type { ActiveJob } from "./planned-job.ts";
import type { PlannedJobs } from "./planned-jobs.ts";
import type { StoreClock } from "./store-clock.ts";

/** How many recurring jobs are claimed side by side. */
const ABREAST = 200;
/** Seconds for which what was made ready may be late: it says that it is in time. */
const STILL_READY = 0.25;

const NONE: ReadonlySet<string> = new Set();

export interface ClaimsOptions {
  readonly adapter: Adapter;
  readonly documents: Documents;
  readonly logger: Logger;
  /** Unlike those of all other workers. */
  readonly worker: string;
  /** Seconds to wait for the store. */
  readonly timeout: number;
}

/** Claims what is due, for one worker. */
export class Claims {
  readonly #options: ClaimsOptions;
  readonly #jobs: PlannedJobs;
  readonly #clock: Pick<StoreClock, "now">;
  #isStopped = false;

  constructor(
    options: ClaimsOptions,
    { jobs, clock }: { readonly jobs: PlannedJobs; readonly clock: Pick<StoreClock, "now"> },
  ) {
    this.#options = options;
    this.#jobs = jobs;
    this.#clock = clock;
  }

  /** Nothing is claimed any more but what is on its way. */
  stop(): void {
    this.#isStopped = true;
  }

  /**
   * Makes claims that are due soon: to send them is all that is left then. So many that it takes
   * some milliseconds; of more the rest are made when they are due.
   */
  prepare(until: number): void {
    for (const active of this.#jobs.own(until).slice(0, ABREAST)) {
      const { kept, definition, next, isOutdated } = active;
      const isKnown = !isOutdated && needsLast(definition, kept.stored) === undefined;
      if (isKnown && next !== -Infinity && active.ready === undefined) {
        // What is wrong with it is told when it is due.
        active.ready = readOr(undefined, () => this.#makeReady(active, next, NONE));
      }
    }
  }

  /**
   * @returns whether anything was due.
   * @throws the first error of the store, once all that was sent to it has been answered.
   */
  async claimDue(): Promise<boolean> {
    const due = this.#jobs.due(this.#clock.now());
    for (let first = 0; first < due.length; first += ABREAST) {
      await this.#claimSlice(due.slice(first, first + ABREAST));
    }
    return due.length > 0;
  }

  /**
   * Until nothing of it is due any more: somebody else may come first, or not all may fit into one
   * step.
   */
  async #claimSlice(keys: readonly string[]): Promise<void> {
    for (let due = keys; due.length > 0 && !this.#isStopped; due = this.#stillDue(due)) {
      await this.#readOutdated(due);
      const unfinished = await this.#unfinishedBefore(due);
      const claims = due.map((key) => this.#claimOrLeave(key, unfinished));
      // None goes on behind the back of who waits for this to end.
      const failed = (await Promise.allSettled(claims)).find(({ status }) => status === "rejected");
      if (failed?.status === "rejected") throw failed.reason;
    }
  }

  /** But for those of which it has to be looked at first which set counts. */
  #stillDue(keys: readonly string[]): string[] {
    const now = this.#clock.now();
    return keys.filter(
      (key) => this.#jobs.isDue(key, now) && this.#jobs.active(key)?.next !== -Infinity,
    );
  }

  /** Those that others claimed before. */
  async #readOutdated(keys: readonly string[]): Promise<void> {
    const outdated = keys.filter((key) => this.#jobs.active(key)?.isOutdated === true);
    if (outdated.length > 0) {
      const found = await this.#options.documents.read(outdated.map(jobDocument));
      outdated.forEach((key, index) => this.#learn(key, found[index]));
    }
  }

  /** Of the jobs of last occurrences those that have not ended, where that matters. */
  async #unfinishedBefore(keys: readonly string[]): Promise<ReadonlySet<string>> {
    const last = keys.flatMap((key) => {
      const active = this.#jobs.active(key);
      return (active && needsLast(active.definition, active.kept.stored)) ?? [];
    });
    return new Set(last.length === 0 ? [] : await this.#options.adapter.unfinished(last));
  }

  /** What is wrong with one is nothing that others wait for. */
  async #claimOrLeave(key: string, unfinished: ReadonlySet<string>): Promise<void> {
    try {
      await this.#claim(key, unfinished);
    } catch (error) {
      // All else is the store's: this one's turn comes again.
      if (!(error instanceof RangeError || error instanceof SyntaxError)) throw error;
      this.#jobs.leave(key);
      this.#options.logger.error(
        { err: error, key },
        `Recurring job "${key}" is left out until it is defined anew: ${String(error)}`,
      );
    }
  }

  async #claim(key: string, unfinished: ReadonlySet<string>): Promise<void> {
    const now = this.#clock.now();
    const active = this.#jobs.active(key);
    if (active === undefined || active.next > now) {
      return;
    }
    const { kept, next, ready } = active;
    const { adapter, timeout } = this.#options;
    const { entries, stored, given } =
      ready !== undefined && now - next < STILL_READY
        ? ready
        : this.#makeReady(active, now, unfinished);
    const { conflict, version, refused } = await adapter.enqueue(entries, timeout, given);
    if (conflict !== undefined) {
      this.#learn(key, conflict.found);
      return;
    }
    const claimed = { ...kept, stored, version: version ?? kept.version };
    this.#jobs.claimed(claimed);
    if (refused.length > 0) await this.#noteRefused(claimed, { refused, note: given.note });
  }

  /**
   * Which jobs are no new ones is known only by the answer. Others hear of the same note again, and
   * read nothing.
   */
  async #noteRefused(
    claimed: KeptJob,
    { refused, note }: { readonly refused: readonly Refusal[]; readonly note: string | undefined },
  ): Promise<void> {
    const { key, version } = claimed;
    const stored = withRefusals(claimed, refused);
    const { given } = readyToSend({ key, version }, { entries: [], stored }, note);
    const written = await this.#options.documents.write(given);
    if (written.conflict === undefined) {
      this.#jobs.claimed({ key, stored, version: written.version });
    } else {
      this.#learn(key, written.conflict.found);
    }
  }

  #learn(key: string, found: Document | undefined): void {
    if (found === undefined) this.#jobs.forget(key);
    else this.#jobs.take(keptIn(found));
  }

  #makeReady(
    { kept, definition }: ActiveJob,
    now: number,
    unfinished: ReadonlySet<string>,
  ): ReadyClaim {
    const last = needsLast(definition, kept.stored);
    // By another schedule than before: what is due until now by that one comes first.
    const schedule = this.#jobs.scheduleOf(kept.stored.schedule, kept.key);
    const claim =
      schedule === undefined
        ? { entries: [], stored: { ...kept.stored, after: Math.max(kept.stored.after, now) } }
        : claimOf(kept, definition, {
            schedule,
            now,
            isBusy: last !== undefined && unfinished.has(last),
            timestamps: this.#options.adapter.timestamps,
          });
    const isAll = claim.stored.after >= now;
    const stored = isAll ? { ...claim.stored, schedule: definition.schedule } : claim.stored;
    return readyToSend(kept, { ...claim, stored }, this.#note(kept, stored));
  }

  /** None where more has changed than what is dealt with: then the others have to read it. */
  #note(kept: KeptJob, { schedule, after }: StoredJob): string | undefined {
    return schedule === kept.stored.schedule
      ? noteOf({ worker: this.#options.worker, after })
      : undefined;
  }
}
