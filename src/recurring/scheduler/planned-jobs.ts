import type { Logger } from "../../support/logger.ts";
import { nextOf } from "../claim/occurrences.ts";
import type { Definition } from "../definition.ts";
import { Schedule } from "../schedule/schedule.ts";
import { definitionOf, type KeptJob } from "../store/stored-job.ts";

/** A recurring job, as one worker sees it. */
interface Planned {
  readonly kept: KeptJob;
  /** By which it runs; `undefined` where nobody defines it, or it is paused. */
  readonly definition: Definition | undefined;
  /** When the next one is due; epoch seconds, `Infinity` for never. */
  readonly next: number;
}

/** What one worker knows of recurring jobs, and when each is due. */
export class PlannedJobs {
  readonly #byKey = new Map<string, Planned>();
  /** By their texts. Most recurring jobs have one of a few. */
  readonly #schedules = new Map<string, Schedule | undefined>();
  readonly #living: () => readonly string[];
  readonly #logger: Logger;

  /** @param living The sets that living workers know, the one first seen latest in front. */
  constructor(living: () => readonly string[], logger: Logger) {
    this.#living = living;
    this.#logger = logger;
  }

  /** When the first is due; epoch seconds. */
  get nextDue(): number {
    let first = Infinity;
    for (const { next } of this.#byKey.values()) {
      first = Math.min(first, next);
    }
    return first;
  }

  /** The keys of those that are due. */
  due(now: number): string[] {
    return [...this.#byKey].flatMap(([key, { next }]) => (next <= now ? key : []));
  }

  /** One that runs, and by what; `undefined` of others. */
  active(key: string): (Planned & { readonly definition: Definition }) | undefined {
    const planned = this.#byKey.get(key);
    const definition = planned?.definition;
    return planned === undefined || definition === undefined
      ? undefined
      : { ...planned, definition };
  }

  /** Learns what the store has of one, unless it knows something newer. */
  take(kept: KeptJob): void {
    const known = this.#byKey.get(kept.key);
    if (known !== undefined && known.kept.version > kept.version) {
      return;
    }
    const { stored } = kept;
    const found = stored.isPaused === true ? undefined : definitionOf(stored, this.#living());
    const schedule = found && this.scheduleOf(found.schedule, kept.key);
    const definition = schedule && found;
    const next =
      definition === undefined || schedule === undefined
        ? Infinity
        : stored.schedule === definition.schedule
          ? (nextOf(definition, schedule, stored.after) ?? Infinity)
          : -Infinity;
    this.#byKey.set(kept.key, { kept, definition, next });
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
