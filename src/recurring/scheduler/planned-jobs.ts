import type { Logger } from "../../support/logger.ts";
import type { ClaimNote } from "../claim/claim-note.ts";
import { nextOf } from "../claim/occurrences.ts";
import type { Definition } from "../definition.ts";
import { Schedule } from "../schedule/schedule.ts";
import { definitionOf, type KeptJob } from "../store/stored-job.ts";

/** A recurring job, as one worker sees it. */
interface Planned {
  readonly kept: KeptJob;
  /** By which it runs; `undefined` where nobody defines it, or it is paused. */
  readonly definition: Definition | undefined;
  /** All that was due up to then is dealt with: it may be that the document was not read since. */
  readonly after: number;
  /** When the next one is due; epoch seconds, `Infinity` for never. */
  readonly next: number;
  /** Another worker claimed the last one, and is the first to try the next. */
  readonly isOthers: boolean;
}

/** One that runs. */
interface Active extends Planned {
  readonly definition: Definition;
  /** Its document has to be read before it is claimed. */
  readonly isOutdated: boolean;
}

interface PlannedJobsOptions {
  /** The sets that living workers know, the one first seen latest in front. */
  readonly living: () => readonly string[];
  readonly logger: Logger;
  /** Seconds that another worker, which claimed the last one, is given for the next. @default 0 */
  readonly patience?: number;
}

/** What one worker knows of recurring jobs, and when each is due. */
export class PlannedJobs {
  readonly #byKey = new Map<string, Planned>();
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
    const isDue = (planned: Planned): boolean => this.#turnOf(planned) <= now;
    return [...this.#byKey].flatMap(([key, planned]) =>
      isDue(planned) && isDue(this.#reckoned(planned)) ? key : [],
    );
  }

  /** One that runs, and by what; `undefined` of others. */
  active(key: string): Active | undefined {
    const known = this.#byKey.get(key);
    const planned = known && this.#reckoned(known);
    const definition = planned?.definition;
    return planned === undefined || definition === undefined
      ? undefined
      : { ...planned, definition, isOutdated: planned.after > planned.kept.stored.after };
  }

  /**
   * Learns what the store has of one. That holds even where the version is an older one: a store may
   * have lost the last moments before it ended.
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
    this.#plan(kept, { after: kept.stored.after, isOthers: false });
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
    // When the next one is due is reckoned when that might be: now is the time of the jobs that were enqueued.
    this.#byKey.set(key, { ...known, after: Math.max(after, known.after), isOthers: true });
    return true;
  }

  /** Lets one be, until its document is another. */
  leave(key: string): void {
    const planned = this.#byKey.get(key);
    if (planned !== undefined) this.#byKey.set(key, { ...planned, next: Infinity });
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

  #turnOf({ next, isOthers }: Planned): number {
    return isOthers ? next + this.#patience : next;
  }

  #reckoned(planned: Planned): Planned {
    return planned.next > planned.after || planned.next === -Infinity
      ? planned
      : this.#plan(planned.kept, planned);
  }

  #plan(kept: KeptJob, { after, isOthers }: Pick<Planned, "after" | "isOthers">): Planned {
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
    const planned = { kept, definition, after, next, isOthers };
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
