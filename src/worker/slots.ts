import type { FetchedJob, Outcome } from "../adapters/adapter.ts";
import type { runJob } from "../job/run/run.ts";
import { clock } from "../support/clock.ts";
import type { Logger } from "../support/logger.ts";
import { Backlog, STALLED_AFTER } from "./backlog.ts";
import { outcomeOfBroken } from "./broken-run.ts";
import { jidOf, nameOf } from "./jid-of.ts";
import type { Session } from "./lease.ts";
import { Pace } from "./pace.ts";
import { runningNow, type RunningNow } from "./running-now.ts";
import { inNextTurn } from "../support/turn.ts";

/** A job that was with so many workers when they died may be why they did: it runs alone. */
const ALONE_FROM_RECOVERIES = 2;
/** Seconds for which jobs follow one another before timers and I/O get their turn. */
const LONGEST_TURN = 0.005;

export interface SlotsOptions {
  readonly concurrency: number;
  readonly run: typeof runJob;
  readonly logger: Logger;
  /** Takes the outcome of each run, and the release of each job that was not run. */
  readonly settle: (outcome: Outcome) => void;
  /** A slot became free without an outcome. */
  readonly onFree: () => void;
}

/** One job after the other runs in it. */
interface Slot {
  job: FetchedJob | undefined;
  session: Session | undefined;
  startedAt: number;
}

/** The running jobs, at most `concurrency` at once, and those that were fetched ahead for them. */
export class Slots {
  readonly #options: SlotsOptions;
  readonly #slots: readonly Slot[];
  readonly #free: Slot[];
  readonly #pace = new Pace();
  readonly #backlog: Backlog;
  #whenIdle: (() => void)[] = [];
  /** In whose name jobs run. What ends in another's is too late. */
  #session: Session | undefined;
  #accepting = true;
  #alone: { readonly job: FetchedJob; started: boolean } | undefined;
  #now = 0;
  #turnBegan = 0;
  #turnAwaited = false;

  constructor(options: SlotsOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.concurrency }, () => ({
      job: undefined,
      session: undefined,
      startedAt: 0,
    }));
    this.#free = [...this.#slots];
    this.#backlog = new Backlog(() => this.#giveBackStalled());
  }

  get busy(): number {
    return this.#slots.length - this.#free.length;
  }

  /** The oldest first. */
  get running(): RunningNow[] {
    const now = clock.monotonic();
    return this.#slots
      .flatMap(({ job, startedAt }) => (job === undefined ? [] : runningNow(job, now - startedAt)))
      .toSorted((one, other) => other.seconds - one.seconds);
  }

  /** Jobs that run and whose end counts. */
  get runningJobs(): FetchedJob[] {
    return this.#slots.flatMap(({ job, session }) =>
      job !== undefined && session === this.#session ? [job] : [],
    );
  }

  /** How many were fetched and did not start yet. */
  get waiting(): number {
    return this.#backlog.size + (this.#alone?.started === false ? 1 : 0);
  }

  /** Whether nothing runs, and nothing waits here to run. */
  get idle(): boolean {
    return this.busy === 0 && this.waiting === 0;
  }

  /**
   * How many jobs to fetch now.
   * @param arriving Jobs that were asked for and are still to be accepted.
   * @param isForTurn They are none that may be fetched ahead.
   */
  room(arriving = 0, isForTurn = false): number {
    const free = this.free(arriving);
    const takesAny = this.#accepting && this.#alone === undefined && (free > 0 || !isForTurn);
    return takesAny ? this.#pace.room(free) : 0;
  }

  /** How many slots no job is there for; below 0 where jobs wait for one. */
  free(arriving = 0): number {
    return this.#free.length - this.#backlog.size - arriving;
  }

  /** Resolves when no job runs. */
  whenIdle(): Promise<void> {
    return this.busy === 0
      ? Promise.resolve()
      : new Promise((resolve) => {
          this.#whenIdle.push(resolve);
        });
  }

  open(session: Session): void {
    this.#session = session;
  }

  /** Takes fetched jobs, and starts as many as there are free slots. */
  accept(jobs: readonly FetchedJob[]): void {
    if (!this.#accepting || this.#alone !== undefined) {
      this.#release(jobs);
      return;
    }
    if (jobs.length === 0) {
      return;
    }
    this.#backlog.add(jobs);
    const alone = jobs.find(({ recoveries }) => recoveries >= ALONE_FROM_RECOVERIES);
    if (alone !== undefined) {
      // Were others held here when it kills this process, they would count as recovered with it.
      this.#alone = { job: alone, started: false };
      this.#release(this.#backlog.takeAll().filter((job) => job !== alone));
      return;
    }
    this.#turnBegan = clock.monotonic();
    this.#fill();
  }

  /**
   * Starts the job that must run alone, if one waits and nothing else runs. To be called when all
   * that ran before is settled: what is not would be run again, should this job end the process.
   */
  startAlone(): void {
    const alone = this.#alone;
    if (alone === undefined || this.#session === undefined || this.busy > 0) {
      return;
    }
    const slot = this.#free.pop();
    if (slot !== undefined) {
      alone.started = true;
      this.#now = clock.monotonic();
      void this.#work(slot, alone.job, this.#session);
    }
  }

  /** Keeps of what did not start yet what this returns. */
  sift(keep: (jobs: readonly FetchedJob[]) => readonly FetchedJob[]): void {
    this.#backlog.add(keep(this.#backlog.takeAll()));
    this.#backlog.watch();
    if (this.#alone?.started === false && keep([this.#alone.job]).length === 0) {
      this.#alone = undefined;
    }
  }

  /** Gives back what did not start, and takes no more. */
  close(): void {
    this.#accepting = false;
    this.#release(this.#backlog.takeAll());
    if (this.#alone?.started === false) {
      this.#release([this.#alone.job]);
      this.#alone = undefined;
    }
  }

  /** Gives back running jobs, too, but for `kept`: their ends do not count. @returns how many. */
  abandon(kept: readonly FetchedJob[] = []): number {
    const given = this.runningJobs.filter((job) => !kept.includes(job));
    this.#session = undefined;
    this.#release(given);
    return given.length;
  }

  /** Forgets all jobs: others have them now. How those that run end does not count any more. */
  drop(): void {
    for (const job of this.runningJobs) {
      this.#options.logger.warn(
        { jid: jidOf(job), queue: job.queue },
        `Lost ${nameOf(job)} while it runs: it was given to another worker`,
      );
    }
    this.#session = undefined;
    this.#backlog.takeAll();
    if (this.#alone?.started === false) {
      this.#alone = undefined;
    }
  }

  #release(jobs: readonly FetchedJob[]): void {
    jobs.forEach((job) => this.#options.settle({ kind: "release", job, jid: jidOf(job) }));
  }

  #giveBackStalled(): void {
    this.#pace.stalled(STALLED_AFTER);
    this.#release(this.#backlog.takeAll());
  }

  #fill(): void {
    while (this.#session !== undefined && this.#free.length > 0) {
      this.#now = clock.monotonic();
      const job = this.#take();
      const slot = job === undefined ? undefined : this.#free.pop();
      if (job === undefined || slot === undefined) {
        break;
      }
      void this.#work(slot, job, this.#session);
    }
    this.#backlog.watch();
  }

  /** The next job, if one is there and this turn of the event loop is not over long already. */
  #take(): FetchedJob | undefined {
    if (this.#backlog.size === 0) {
      return undefined;
    }
    if (this.#now - this.#turnBegan < LONGEST_TURN) {
      return this.#backlog.take();
    }
    if (!this.#turnAwaited) {
      this.#turnAwaited = true;
      inNextTurn(() => {
        this.#turnAwaited = false;
        this.#turnBegan = clock.monotonic();
        this.#fill();
      });
    }
    return undefined;
  }

  /**
   * Runs a job, and then those that wait. A loop that awaits only what is not over at once, because
   * a promise per job costs. Never rejects.
   */
  async #work(slot: Slot, first: FetchedJob, session: Session): Promise<void> {
    slot.session = session;
    let job: FetchedJob | undefined = first;
    while (job !== undefined) {
      slot.job = job;
      slot.startedAt = this.#now;
      let outcome: Outcome;
      try {
        const running = this.#options.run(job, session.environment);
        outcome = running instanceof Promise ? await running : running;
        if (outcome.job !== job) {
          throw new TypeError("Expected an outcome of the job that was run");
        }
      } catch (error) {
        outcome = await outcomeOfBroken(job, { error, environment: session.environment });
      }
      this.#now = clock.monotonic();
      if (this.#session !== session) {
        this.#ignore(outcome);
        break;
      }
      outcome.seconds = this.#now - slot.startedAt;
      this.#pace.measure(outcome.seconds / this.busy);
      this.#options.settle(outcome);
      job = this.#take();
    }
    this.#leave(slot);
  }

  #leave(slot: Slot): void {
    const tooLate = slot.session !== this.#session;
    slot.job = undefined;
    slot.session = undefined;
    this.#free.push(slot);
    // Whatever job ran alone was this one.
    if (this.#alone?.started === true) {
      this.#alone = undefined;
    }
    if (tooLate) {
      this.#fill();
      this.#options.onFree();
    }
    if (this.busy === 0) {
      for (const resolve of this.#whenIdle.splice(0)) {
        resolve();
      }
    }
  }

  #ignore({ job, jid, kind }: Outcome): void {
    this.#options.logger.warn(
      { jid, queue: job.queue, outcome: kind },
      `Ignored how ${nameOf(job)} ended ("${kind}"): it had been given back, and will run again`,
    );
  }
}
