import type { Performing } from "./performing.ts";
import type { RecordedJob } from "./recorded-job.ts";

/** A job that is to run. */
export interface Due {
  readonly job: RecordedJob;
  /** What runs its retries too, and keeps it until what it waits for is finished. */
  readonly performing: Performing | undefined;
}

/** Jobs that are run one after another, and what they defer meanwhile after them. */
export class Round {
  /** Whose round it is. */
  readonly runner: object;
  /** How many runs there were. */
  runs = 0;
  readonly #mode: Performing | undefined;
  readonly #runsBlocked: boolean;
  readonly #endsAtFailure: boolean;
  readonly #due: Map<string, Due>;
  readonly #beside = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;
  #isOpen = true;

  /**
   * @param options `mode`: what its jobs defer under it is run by this round. `isPlain`: its own
   *   jobs do not run under that mode, and its first failure ends it.
   */
  constructor(
    runner: object,
    jobs: readonly RecordedJob[],
    {
      mode,
      isPlain = false,
    }: { readonly mode: Performing | undefined; readonly isPlain?: boolean },
  ) {
    const performing = isPlain ? undefined : mode;
    this.runner = runner;
    this.#mode = mode;
    this.#runsBlocked = !isPlain;
    this.#endsAtFailure = isPlain;
    this.#due = new Map(jobs.map((job) => [job.moment.jid, { job, performing }]));
  }

  /** Whether what one of its jobs defers under this mode is its own. */
  takes(runner: object, mode: Performing): boolean {
    return this.#isOpen && this.runner === runner && this.#mode === mode;
  }

  add(jobs: readonly RecordedJob[]): void {
    for (const job of jobs) this.#due.set(job.moment.jid, { job, performing: this.#mode });
  }

  /**
   * Hands out the first that can run; `undefined` if none can, or after a failure that ends the
   * round.
   */
  next(canRun: (job: RecordedJob) => boolean): Due | undefined {
    if (this.#endsAtFailure && this.#failure !== undefined) return undefined;
    for (const due of this.#due.values()) {
      if (canRun(due.job)) return this.#handOut(due);
    }
    const blocked = this.#runsBlocked ? this.#mode?.blocked : undefined;
    for (const job of blocked ?? []) {
      if (canRun(job)) {
        blocked?.delete(job);
        return { job, performing: this.#mode };
      }
    }
    return undefined;
  }

  /** Hands out this one; `undefined` if it is not there, or cannot run. */
  take(jid: string, canRun: (job: RecordedJob) => boolean): Due | undefined {
    const due = this.#due.get(jid);
    return due !== undefined && canRun(due.job) ? this.#handOut(due) : undefined;
  }

  #handOut(due: Due): Due {
    this.#due.delete(due.job.moment.jid);
    return due;
  }

  /** A run beside the one of the job that waits for it. */
  beside(run: Promise<void>): void {
    const ended = run.finally(() => this.#beside.delete(ended));
    this.#beside.add(ended);
  }

  /** Resolves when none runs beside any more. */
  async settled(): Promise<void> {
    while (this.#beside.size > 0) await Promise.all(this.#beside);
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  /**
   * @returns how many runs there were.
   * @throws the first error there was.
   */
  close(): number {
    this.#isOpen = false;
    for (const { job, performing } of this.#due.values()) performing?.blocked.add(job);
    if (this.#failure !== undefined) throw this.#failure.error;
    return this.runs;
  }
}
