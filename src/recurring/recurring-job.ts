import type { Adapter } from "../adapters/adapter.ts";
import type { JobStatus } from "../adapters/job-store.ts";
import { checkOptionNames } from "../job/checks/checks.ts";
import { newJid } from "../support/jid.ts";
import { nextOf } from "./claim/occurrences.ts";
import { classNameOf, rescheduled, type Definition } from "./definition.ts";
import { documentsOf } from "./documents-of.ts";
import { entryOf } from "./occurrence-job.ts";
import { InvalidRecurringJobError, UnknownRecurringJobError } from "./recurring-errors.ts";
import { RECURRING_OPTIONS, type RecurringOptions } from "./recurring-options.ts";
import type { ScheduleText } from "./schedule/schedule-text.ts";
import { Schedule } from "./schedule/schedule.ts";
import { changeDocument } from "./store/change-document.ts";
import { readLivingSets } from "./store/definition-sets.ts";
import {
  definitionOf,
  isOfSet,
  jobDocument,
  keptIn,
  textOf,
  type StoredJob,
} from "./store/stored-job.ts";
import { jidOfRun, type StoredRun } from "./store/stored-run.ts";

const CHANGEABLE = ["schedule", ...RECURRING_OPTIONS];

/** One occurrence that was dealt with. */
export interface RecurringRun {
  /** When it was due. */
  readonly scheduledAt: Date;
  /** When its job was enqueued, or it was left out, by the store's clock. */
  readonly claimedAt: Date;
  /**
   * Its job's id (see `jobById`); `undefined` where it was left out, since the job before had not
   * ended (`overlap: "skip"`), or another one like it was there (`unique`). Where it took the place
   * of another, that one's.
   */
  readonly jid: string | undefined;
  /** Where it was left out since its class is unique: the id of the job that was there. */
  readonly duplicateOf: string | undefined;
}

/** A run, and where its job is now. */
export interface RecurringOutcome extends RecurringRun {
  /**
   * Where its job is now; where it was left out, `"skipped"`, or `"duplicate"` since another one
   * like it was there.
   */
  readonly status: JobStatus | "skipped" | "duplicate";
}

/** A recurring job by its key: whether there is one is found out by what is asked of it. */
export class RecurringJobHandle {
  /** What operators, and everything else, know it by. */
  readonly key: string;
  /** @internal */
  readonly adapter: Adapter;

  /** @internal */
  constructor(key: string, adapter: Adapter) {
    this.key = key;
    this.adapter = adapter;
  }

  /**
   * What is known of it now.
   *
   * @throws {UnknownRecurringJobError} if nothing defines it.
   */
  async read(): Promise<RecurringJob> {
    const documents = documentsOf(this.adapter);
    const [[document], living] = await Promise.all([
      documents.read([jobDocument(this.key)]),
      readLivingSets(documents),
    ]);
    const stored = document && keptIn(document).stored;
    const definition = stored && definitionOf(stored, living);
    if (stored === undefined || definition === undefined) {
      throw new UnknownRecurringJobError(this.key);
    }
    return new RecurringJob(stored, definition, {
      adapter: this.adapter,
      isOfCode: isOfSet(stored, living),
    });
  }

  /**
   * Nothing is enqueued until `resume`; what is due meanwhile is left out. It outlives a deploy.
   *
   * @throws {UnknownRecurringJobError} if nothing defines it.
   */
  async pause(): Promise<void> {
    await this.#change((stored) => ({ ...stored, isPaused: true }));
  }

  /** @throws {UnknownRecurringJobError} if nothing defines it. */
  async resume(): Promise<void> {
    const now = await this.adapter.store.now();
    await this.#change(({ isPaused, ...stored }) =>
      isPaused === true ? { ...stored, after: Math.max(stored.after, now) } : stored,
    );
  }

  /**
   * Enqueues its job once, now, whatever its schedule says, and also while it is paused.
   *
   * @returns the job's id: `jobById` has its handle. Where its class is unique and one like it is
   *   there, that one's.
   * @throws {UnknownRecurringJobError} if nothing defines it.
   */
  async runNow(): Promise<string> {
    const { adapter } = this;
    const { definition } = await this.read();
    const now = await adapter.store.now();
    const jid = newJid();
    const { timestamps } = adapter;
    const entry = entryOf(definition, { jid, at: now, now, timestamps });
    const { refused } = await adapter.enqueue([entry]);
    return refused[0]?.holder ?? jid;
  }

  /**
   * Gives it another schedule, or other options; those that are not given stay. What was due before
   * is not made up for, and the next occurrence by the new schedule is not left out.
   *
   * @throws {InvalidRecurringJobError} if code or a file defines it: change it there.
   * @throws {InvalidScheduleError} if the schedule is none.
   * @throws {UnknownRecurringJobError} if nothing defines it.
   * @throws {UnknownOptionError} if there is no such option.
   */
  async update(changes: RecurringOptions & { readonly schedule?: ScheduleText }): Promise<void> {
    checkOptionNames(changes, CHANGEABLE, `update of recurring job ${JSON.stringify(this.key)}`);
    const { isOfCode } = await this.read();
    if (isOfCode) {
      throw new InvalidRecurringJobError(this.key, "code or a file defines it. Change it there");
    }
    await this.#change((stored) =>
      stored.own === undefined ? stored : { ...stored, own: rescheduled(stored.own, changes) },
    );
  }

  /**
   * Forgets what was defined at run time. Jobs that are enqueued already stay.
   *
   * @returns `false` if there was nothing.
   * @throws {InvalidRecurringJobError} if code or a file defines it: take it out there, or pause
   *   it.
   */
  async delete(): Promise<boolean> {
    const documents = documentsOf(this.adapter);
    const [[document], living] = await Promise.all([
      documents.read([jobDocument(this.key)]),
      readLivingSets(documents),
    ]);
    if (document === undefined) {
      return false;
    }
    if (isOfSet(keptIn(document).stored, living)) {
      throw new InvalidRecurringJobError(
        this.key,
        "code or a file defines it. Take it out there, or pause it",
      );
    }
    return documents.delete(document.name);
  }

  /**
   * The latest runs, the last in front, and where their jobs are now: ten at most.
   *
   * @throws {UnknownRecurringJobError} if nothing defines it.
   */
  async history(): Promise<readonly RecurringOutcome[]> {
    const { runs } = await this.read();
    return Promise.all(
      runs.map(async (run) => ({
        ...run,
        status:
          run.jid === undefined
            ? run.duplicateOf === undefined
              ? ("skipped" as const)
              : ("duplicate" as const)
            : await this.adapter.status(run.jid),
      })),
    );
  }

  async #change(change: (stored: StoredJob) => StoredJob): Promise<void> {
    await this.read();
    await changeDocument(documentsOf(this.adapter), jobDocument(this.key), (text) =>
      text === undefined ? undefined : { text: textOf(change(JSON.parse(text) as StoredJob)) },
    );
  }
}

/** A recurring job as it was when it was read. */
export class RecurringJob extends RecurringJobHandle {
  /** Whether it waits for `resume`. */
  readonly isPaused: boolean;
  /** Whether code or a file defines it, and not `recurring.define`. */
  readonly isOfCode: boolean;
  /** @internal */
  readonly definition: Definition;
  readonly #after: number;
  readonly #schedule: Schedule;
  readonly #runs: readonly StoredRun[];

  /** @internal */
  constructor(
    stored: StoredJob,
    definition: Definition,
    { adapter, isOfCode }: { readonly adapter: Adapter; readonly isOfCode: boolean },
  ) {
    super(definition.key, adapter);
    this.#runs = stored.runs;
    this.isPaused = stored.isPaused === true;
    this.isOfCode = isOfCode;
    this.definition = definition;
    this.#after = stored.after;
    this.#schedule = Schedule.parse(definition.schedule);
  }

  /** As it was written. */
  get schedule(): string {
    return this.definition.written ?? this.definition.schedule;
  }

  /** The schedule in English. */
  get scheduleInEnglish(): string {
    return this.#schedule.describe();
  }

  /** @internal */
  get zones(): readonly string[] {
    return this.#schedule.zones;
  }

  /** What operators read. */
  get description(): string | undefined {
    return this.definition.description;
  }

  /** The class of its jobs. */
  get className(): string {
    return classNameOf(this.definition);
  }

  /** The queue of its jobs. */
  get queueName(): string {
    return this.definition.queue;
  }

  /** `false`: it is defined so that it does not run. */
  get isEnabled(): boolean {
    return this.definition.isDisabled !== true;
  }

  /** The latest in front: ten at most. */
  get runs(): readonly RecurringRun[] {
    return this.#runs.map((run) => runOf(this.key, run));
  }

  /** The latest occurrence that was dealt with. */
  get lastRun(): RecurringRun | undefined {
    const [last] = this.#runs;
    return last && runOf(this.key, last);
  }

  /**
   * When it is due next; none while it is paused.
   *
   * @param count How many, at most.
   * @param from After which time. @default what is dealt with
   */
  nextRuns(count = 1, from?: Date): readonly Date[] {
    const times: Date[] = [];
    let after = from === undefined ? this.#after : from.getTime() / 1000;
    while (!this.isPaused && times.length < count) {
      const next = nextOf(this.definition, this.#schedule, after);
      if (next === undefined) break;
      times.push(new Date(next * 1000));
      after = next;
    }
    return times;
  }
}

function runOf(key: string, run: StoredRun): RecurringRun {
  const [at, late, , duplicateOf] = run;
  return {
    scheduledAt: new Date(at * 1000),
    claimedAt: new Date(at * 1000 + late),
    jid: jidOfRun(key, run),
    duplicateOf,
  };
}
