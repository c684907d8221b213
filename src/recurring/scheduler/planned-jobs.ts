import type { Logger } from "../../support/logger.ts";
import type { ClaimNote } from "../claim/claim-note.ts";
import { nextOf } from "../claim/occurrences.ts";
import { Schedule } from "../schedule/schedule.ts";
import { definitionOf, type KeptJob } from "../store/stored-job.ts";
import { type ActiveJob, PlannedJob } from "./planned-job.ts";

/**
 * Seconds after something was due that a worker which claimed it reckons when it is due next: until
 * then is the time of the jobs that were enqueued.
 */
const LATER = 0.1;

interface PlannedJobsOptions {
  /** The sets that living workers know, the one first seen latest in front. */
  readonly living: () => readonly string[];
  readonly logger: Logger;
  /** Seconds that another worker, which claimed the last one, is given for the next. @default 0 */
  readonly patience?: number;
}

/** What one worker knows of recurring jobs, and when each is due. */
export class PlannedJobs {
  readonly #byKey = new Map<string, PlannedJob>();
  /** By their texts. Most recurring jobs have one of a few. */
  readonly #schedules = new Map<string, Schedule | undefined>();
  readonly #living: () => readonly string[];
  readonly #logger: Logger;
  readonly #patience: number;

  constructor({ living, logger, patience = 0 }: PlannedJobsOptions) {
    this.#living = living;
    this.#logger = logger;
    this.#patience = patience;
  }

  /** When this worker is to try the first; epoch seconds. */
  get nextDue(): number {
    let first = Infinity;
    for (const planned of this.#byKey.values()) {
      first = Math.min(first, this.#turnOf(planned));
    }
    return first;
  }

  /** The keys of those that this worker is to try. */
  due(now: number): string[] {
    return [...this.#byKey.keys()].filter((key) => this.isDue(key, now));
  }

  /** Whether this worker is to try it. */
  isDue(key: string, now: number): boolean {
    const planned = this.#byKey.get(key);
    return (
      planned !== undefined &&
      this.#turnOf(planned) <= now &&
      this.#turnOf(this.#reckoned(planned)) <= now
    );
  }

  /** Those that this worker is the first to try, at that time at the latest. */
  own(until: number): ActiveJob[] {
    return [...this.#byKey.values()].filter(
      (planned): planned is ActiveJob =>
        planned.definition !== undefined &&
        planned.next <= until &&
        !planned.isOthers &&
        !planned.isDealtWith,
    );
  }

  /** One that runs; `undefined` of others. */
  active(key: string): ActiveJob | undefined {
    const known = this.#byKey.get(key);
    const planned = known && this.#reckoned(known);
    return planned?.definition === undefined ? undefined : (planned as ActiveJob);
  }

  /**
   * Learns what the store has of one. That holds even where the version is an older one: a store
   * may have lost the last moments before it ended.
   */
  take(kept: KeptJob): void {
    const known = this.#byKey.get(kept.key);
    const { after } = kept.stored;
    this.#plan(kept, {
      after: Math.max(after, known?.after ?? -Infinity),
      isOthers: known !== undefined && (known.isOthers || after > known.kept.stored.after),
    });
  }

  /** Learns what became of a claim of this worker's. */
  claimed(kept: KeptJob): void {
    const { after, schedule } = kept.stored;
    const { definition, next = Infinity } = this.#byKey.get(kept.key) ?? {};
    const claimed = { definition, after, next, isOthers: false };
    const planned = new PlannedJob(kept, claimed);
    if (planned.isDealtWith && definition?.schedule === schedule) {
      this.#byKey.set(kept.key, planned);
    } else {
      this.#plan(kept, claimed);
    }
  }

  /**
   * Learns what another worker has claimed.
   *
   * @returns `false` where the document has to be read, to know what that means.
   */
  hear(key: string, { after }: ClaimNote): boolean {
    const known = this.#byKey.get(key);
    if (known === undefined || known.next === -Infinity) {
      return false;
    }
    // When the next one is due is reckoned when that might be.
    known.after = Math.max(after, known.after);
    known.isOthers = true;
    known.ready = undefined;
    return true;
  }

  /** Lets one be, until its document is another. */
  leave(key: string): void {
    const planned = this.#byKey.get(key);
    if (planned !== undefined) planned.next = Infinity;
  }

  forget(key: string): void {
    this.#byKey.delete(key);
  }

  keepOnly(keys: ReadonlySet<string>): void {
    for (const key of this.#byKey.keys()) {
      if (!keys.has(key)) this.#byKey.delete(key);
    }
    this.#schedules.clear();
  }

  /** `undefined` where another release wrote it, and this one cannot read it. */
  scheduleOf(text: string, key: string): Schedule | undefined {
    if (!this.#schedules.has(text)) {
      this.#schedules.set(text, this.#read(text, key));
    }
    return this.#schedules.get(text);
  }

  #turnOf({ next, isOthers, isDealtWith }: PlannedJob): number {
    return next + (isOthers ? this.#patience : isDealtWith ? LATER : 0);
  }

  #reckoned(planned: PlannedJob): PlannedJob {
    return planned.isDealtWith ? this.#plan(planned.kept, planned) : planned;
  }

  #plan(kept: KeptJob, { after, isOthers }: Pick<PlannedJob, "after" | "isOthers">): PlannedJob {
    const { stored } = kept;
    const found = stored.isPaused === true ? undefined : definitionOf(stored, this.#living());
    const schedule = found && this.scheduleOf(found.schedule, kept.key);
    const definition = schedule && found;
    const next =
      definition === undefined || schedule === undefined
        ? Infinity
        : stored.schedule === definition.schedule
          ? (nextOf(definition, schedule, after) ?? Infinity)
          : -Infinity;
    const planned = new PlannedJob(kept, { definition, after, next, isOthers });
    this.#byKey.set(kept.key, planned);
    return planned;
  }

  #read(text: string, key: string): Schedule | undefined {
    try {
      return Schedule.parse(text);
    } catch (error) {
      this.#logger.error(
        { err: error, key },
        `Recurring job "${key}" is left to other workers: this one cannot read its schedule "${text}"`,
      );
      return undefined;
    }
  }
}
