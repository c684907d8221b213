import type { Adapter } from "../../adapters/adapter.ts";
import type { Documents } from "../../adapters/documents.ts";
import type { Listening } from "../../adapters/job-notes.ts";
import { setLongTimeout } from "../../support/clock.ts";
import type { Logger } from "../../support/logger.ts";
import { readNote } from "../claim/claim-note.ts";
import type { Definition } from "../definition.ts";
import { DefinitionSets, setOf, SETS } from "../store/definition-sets.ts";
import { publish } from "../store/publish.ts";
import { readJobs } from "../store/read-jobs.ts";
import { jobDocument, keptIn, keyIn, PREFIX } from "../store/stored-job.ts";
import { Claims } from "./claims.ts";
import { PlannedJobs } from "./planned-jobs.ts";
import { StoreClock } from "./store-clock.ts";

/** Seconds between two looks at the store where nothing happens. */
const ROUND = 60;
/** After so many rounds a set is kept for another month. */
const ROUNDS_A_DAY = 1_440;
/** Seconds before something is due that its claim is made. */
const AHEAD = 0.25;
/** Seconds after which what failed is tried again. */
const PAUSE = 1;
/**
 * Seconds that a worker leaves a claim to the one that had the last: not all try each, and where
 * that one is gone, the least patient takes its place.
 */
const LEAST_PATIENCE = 0.2;
const MOST_PATIENCE = 0.5;

export interface SchedulerOptions {
  readonly adapter: Adapter;
  readonly documents: Documents;
  readonly logger: Logger;
  /** What this process's code and files define. */
  readonly definitions: readonly Definition[];
  /** Unlike those of all other workers. */
  readonly worker: string;
  /** Seconds to wait for the store. */
  readonly timeout: number;
}

/**
 * Enqueues the jobs of recurring jobs when they are due. Each worker's does; which one an
 * occurrence's job comes from the store decides, and there is no leader. Between two occurrences it
 * sleeps.
 */
export class RecurringScheduler {
  readonly #options: SchedulerOptions;
  readonly #clock: StoreClock;
  readonly #sets: DefinitionSets;
  readonly #set: string;
  readonly #jobs: PlannedJobs;
  readonly #claims: Claims;
  /**
   * Of which somebody wrote the documents; `SETS` stands for sets, and `PREFIX` for all there is.
   */
  readonly #stale = new Set<string>();
  #listening: Listening | undefined;
  #cancelTimer: (() => void) | undefined;
  #round = 0;
  #nextRound = 0;
  #working: Promise<void> | undefined;
  #hasBegun = false;
  /** The store may have been told that this worker knows its set. */
  #isKnown = false;
  #isStopped = false;
  #failures = 0;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#clock = new StoreClock(options.adapter.store);
    this.#sets = new DefinitionSets(options.documents, options.worker);
    this.#set = setOf(options.definitions);
    this.#jobs = new PlannedJobs({
      living: () => this.#sets.living,
      logger: options.logger,
      patience: LEAST_PATIENCE + Math.random() * (MOST_PATIENCE - LEAST_PATIENCE),
    });
    this.#claims = new Claims(options, { jobs: this.#jobs, clock: this.#clock });
  }

  /** Begins: with the store's first answer, however long that takes. */
  start(): void {
    this.#wakeIn(0);
  }

  /** Ends, and waits for what is on its way to the store. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#claims.stop();
    this.#cancelTimer?.();
    this.#listening?.stop();
    if (!this.#hasBegun && !this.#isKnown) {
      // Nothing of it is on its way that has to come to its end.
      return;
    }
    await this.#working;
    if (this.#isKnown) {
      await this.#sets.leave(this.#set);
    }
  }

  get #hasDefinitions(): boolean {
    return this.#options.definitions.length > 0;
  }

  async #begin(): Promise<void> {
    const { documents } = this.#options;
    await this.#clock.begin();
    if (this.#isStopped) {
      return;
    }
    this.#listening ??= documents.listen(PREFIX, (name, note) => this.#heard(name, note));
    await this.#listening.ready;
    if (this.#isStopped) {
      return;
    }
    const now = this.#clock.now();
    if (this.#hasDefinitions) {
      await this.#publish(now);
    } else {
      await this.#sets.look();
    }
    await this.#readAll();
    this.#nextRound = now + ROUND;
    this.#hasBegun = true;
  }

  async #publish(now: number): Promise<void> {
    const { documents, definitions } = this.#options;
    this.#isKnown = true;
    // Nobody takes away what a living worker's set says; and until all of it is there it is the
    // oldest.
    await this.#sets.renew(this.#set);
    await publish(documents, definitions, { set: this.#set, sets: this.#sets, now });
    await this.#sets.join(this.#set, now);
  }

  #heard(name: string, note: string | undefined): void {
    const key = keyIn(name);
    if (key !== undefined) {
      if (this.#knows(key, note)) return;
      this.#stale.add(key);
    } else if (name.startsWith(SETS)) {
      this.#stale.add(SETS);
    } else if (name === PREFIX) {
      // Messages may have been missed.
      this.#stale.add(PREFIX);
    } else {
      return;
    }
    this.#wakeIn(0);
  }

  /** Whether a note says all that there is to know. */
  #knows(key: string, text: string | undefined): boolean {
    const note = text === undefined ? undefined : readNote(text);
    // Of its own claims a worker hears by the answer.
    const isOwn = note?.worker === this.#options.worker;
    return note !== undefined && (isOwn || this.#jobs.hear(key, note));
  }

  /** Looks again when the next one is due, or a round is over; and some time before it is due. */
  #plan(): void {
    const now = this.#clock.now();
    this.#claims.prepare(now + AHEAD);
    const due = this.#jobs.nextDue;
    const next = Math.min(this.#nextRound, due - AHEAD > now ? due - AHEAD : due);
    this.#wakeIn(this.#stale.size > 0 ? 0 : next - now);
  }

  #wakeIn(seconds: number): void {
    if (this.#isStopped || this.#working !== undefined) {
      // It looks once more when it has done what it does.
      return;
    }
    this.#cancelTimer?.();
    this.#cancelTimer = setLongTimeout(() => this.#work(), Math.max(0, seconds), { unref: true });
  }

  #work(): void {
    this.#working = this.#step().finally(() => {
      this.#working = undefined;
      if (this.#failures > 0) this.#wakeIn(PAUSE);
      else this.#plan();
    });
  }

  async #step(): Promise<void> {
    try {
      if (!this.#hasBegun) {
        await this.#begin();
      }
      if (this.#isStopped) {
        return;
      }
      await this.#refresh();
      const wasDue = await this.#claimDue();
      if (this.#clock.now() >= this.#nextRound) {
        await this.#lookAround();
      } else if (this.#clock.isRough && !wasDue) {
        // The store is busy with the jobs that were claimed: it would be a slow answer.
        await this.#clock.measure();
      }
      this.#recovered();
    } catch (error) {
      this.#failures += 1;
      if (this.#failures === 1 && !this.#isStopped) {
        this.#options.logger.warn(
          { err: error },
          `Recurring jobs cannot be enqueued now, and are once the store answers: ${String(error)}`,
        );
      }
    }
  }

  #recovered(): void {
    if (this.#failures > 0) {
      this.#failures = 0;
      this.#options.logger.info({}, "Recurring jobs are enqueued again");
    }
  }

  /** One command: signs of life, and in between who else gives any, and what time it is. */
  async #lookAround(): Promise<void> {
    this.#round += 1;
    if (this.#round % ROUNDS_A_DAY === 0 && this.#hasDefinitions) {
      await this.#sets.remember(this.#set, this.#clock.now());
    } else if (this.#round % 2 === 1 && this.#hasDefinitions) {
      await this.#sets.renew(this.#set);
    } else if (this.#round % 4 === 0) {
      await this.#clock.measure();
    } else {
      await this.#lookForSets();
    }
    this.#nextRound = this.#clock.now() + ROUND;
  }

  async #lookForSets(): Promise<void> {
    let isChanged = await this.#sets.look();
    if (this.#hasDefinitions && !this.#sets.living.includes(this.#set)) {
      // It was silent for so long that others took its set for gone.
      await this.#publish(this.#clock.now());
      isChanged = true;
    }
    if (isChanged) {
      await this.#readAll();
    }
  }

  async #readAll(): Promise<void> {
    const found = new Set<string>();
    for await (const kept of readJobs(this.#options.documents)) {
      found.add(kept.key);
      this.#jobs.take(kept);
    }
    this.#jobs.keepOnly(found);
  }

  /** Reads what others wrote. */
  async #refresh(): Promise<void> {
    const stale = [...this.#stale];
    this.#stale.clear();
    try {
      if (stale.includes(PREFIX)) {
        await this.#sets.look();
        await this.#readAll();
        return;
      }
      if (stale.includes(SETS)) {
        await this.#lookForSets();
      }
      const keys = stale.filter((key) => key !== SETS);
      for (let first = 0; first < keys.length; first += 500) {
        const slice = keys.slice(first, first + 500);
        const found = await this.#options.documents.read(slice.map(jobDocument));
        slice.forEach((key, index) => {
          const document = found[index];
          if (document === undefined) this.#jobs.forget(key);
          else this.#jobs.take(keptIn(document));
        });
      }
    } catch (error) {
      stale.forEach((key) => this.#stale.add(key));
      throw error;
    }
  }

  async #claimDue(): Promise<boolean> {
    if (this.#jobs.nextDue === -Infinity) {
      // Two workers that disagree about which set counts would take turns at changing schedules
      // back.
      await this.#lookForSets();
    }
    return this.#claims.claimDue();
  }
}
