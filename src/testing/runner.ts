import { AsyncLocalStorage } from "node:async_hooks";
import type { Adapter, FetchedJob, Outcome } from "../adapters/adapter.ts";
import type { Job } from "../adapters/memory/job.ts";
import type { MemoryState } from "../adapters/memory/memory-state.ts";
import { runJob } from "../job/run/run.ts";
import { hasDefaultLogger, settings } from "../job/settings/settings.ts";
import { consoleLogger, type Logger } from "../support/logger.ts";
import type { Diary } from "./diary.ts";
import type { Performing } from "./performing.ts";
import type { RecordedJob } from "./recorded-job.ts";
import { Round, type Due } from "./round.ts";

/** How one run ended. */
interface Run {
  /** `false` where a prerequisite was not finished. */
  readonly ran: boolean;
  /** What a rule of the job's class asked for. */
  readonly retry?: RecordedJob;
}

/**
 * Two lines for each job would bury what a test runner says. A level that was asked for is kept.
 */
const quietLogger: Logger = consoleLogger(
  process.env["MANDATE_LOG_LEVEL"] ? {} : { level: "warn" },
);

/** The round that the caller's job runs in. */
const storage = new AsyncLocalStorage<Round>();

/** Runs the jobs of a test adapter, as a worker with one slot would. */
export class Runner {
  readonly #adapter: Adapter;
  readonly #state: MemoryState;
  readonly #diary: Diary;

  constructor(adapter: Adapter, state: MemoryState, diary: Diary) {
    this.#adapter = adapter;
    this.#state = state;
    this.#diary = diary;
  }

  /**
   * Runs jobs where they are deferred. What a running job defers waits until that one has returned:
   * the same round runs it, so that a chain of jobs is no chain of calls.
   *
   * @returns when all has run that these cause; what a running job defers, at once.
   * @throws the first error of a job that no rule of its class took care of, once all has run.
   */
  async deferred(jobs: readonly RecordedJob[], mode: Performing): Promise<void> {
    const accepted = mode.accepted(jobs);
    const around = storage.getStore();
    if (around?.takes(this, mode) === true) {
      around.add(accepted);
    } else {
      await mode.track(this.#run(new Round(this, accepted, { mode })));
    }
  }

  /**
   * Runs jobs one after another, each that waits for others after these.
   *
   * @param mode In which jobs run when they are deferred: what these defer runs after them.
   * @returns how many runs there were.
   * @throws the first error of a job that no rule of its class took care of; what is left waits on.
   */
  perform(jobs: readonly RecordedJob[], mode: Performing | undefined): Promise<number> {
    return this.#run(new Round(this, jobs, { mode, isPlain: true }));
  }

  /** Runs a job now that was to run after the caller's: that one waits for its end. */
  hurry(jid: string): void {
    const round = storage.getStore();
    const due = round?.runner === this ? round.take(jid, this.#canRun) : undefined;
    if (round !== undefined && due !== undefined) round.beside(this.#runToItsEnd(due, round));
  }

  async #run(round: Round): Promise<number> {
    // A job may open a round of its own, and a job of that another: none upon the stack of the one
    // before.
    await Promise.resolve();
    for (;;) {
      const due = round.next(this.#canRun);
      if (due === undefined) return round.close();
      await this.#runToItsEnd(due, round);
      await round.settled();
    }
  }

  /** With the retries that its class asks for. Never rejects: what it throws is the round's. */
  async #runToItsEnd({ job, performing }: Due, round: Round): Promise<void> {
    const runOnce = (recorded: RecordedJob): Promise<Run> => this.#runOnce(recorded);
    let next: RecordedJob | undefined = job;
    try {
      while (next !== undefined) {
        const { ran, retry }: Run = await storage.run(round, runOnce, next);
        if (ran) round.runs += 1;
        else performing?.blocked.add(next);
        next = retry && performing?.accepted([retry])[0];
      }
    } catch (error) {
      round.fail(error);
    }
  }

  readonly #canRun = (job: RecordedJob): boolean => this.#jobToRun(job) !== undefined;

  #jobToRun({ moment, isTaken }: RecordedJob): Job | undefined {
    const { jobs, paused } = this.#state;
    const job = isTaken ? undefined : jobs.known.find(moment.jid);
    if (job?.list === undefined || job.list === jobs.sets.dead || job.list === jobs.sets.blocked) {
      return undefined;
    }
    const mayRun = !paused.has(job.queue) && this.#state.turns.mayHave(job, this.#state.now());
    return mayRun ? job : undefined;
  }

  async #runOnce(recorded: RecordedJob): Promise<Run> {
    const job = this.#jobToRun(recorded) as Job;
    const fetched = this.#take(job);
    recorded.isTaken = true;
    const run = this.#diary.notePerformed(recorded, fetched.payload);
    let failure: { readonly error: unknown } | undefined;
    const outcome = await runJob(fetched, {
      adapter: this.#adapter,
      logger: hasDefaultLogger() ? quietLogger : settings().logger,
      signal: new AbortController().signal,
      errorHandlers: [(error) => (failure = { error })],
      deathHandlers: [(_job, error) => (failure = { error })],
      missingRecordWait: 0,
    });
    this.#settle(job, outcome);
    if (failure !== undefined) throw failure.error;
    const { jid } = job;
    switch (outcome.kind) {
      case "retry": {
        const { kind, queue, payload, at } = outcome;
        return { ran: true, retry: this.#diary.noteEnqueued({ kind, jid, queue, payload, at }) };
      }
      case "requeue": {
        const { kind, queue, payload, at } = outcome;
        this.#diary.noteEnqueued({ kind, jid, queue, payload, at });
        return { ran: true };
      }
      case "block":
      case "release":
        recorded.isTaken = false;
        this.#diary.strike(run);
        return { ran: false };
      case "done":
        if (outcome.ended === "expired") this.#diary.strike(run);
        return { ran: true };
      case "dead":
        return { ran: true };
    }
  }

  /** As a worker would get it, whether its time has come or not. */
  #take(job: Job): FetchedJob {
    const { jobs, now } = this.#state;
    jobs.takeOut(job);
    // Entering its queue marks the payload.
    jobs.enqueue(job, now());
    this.#state.turns.takeAnyway(job, now());
    const { queue, payload, holds: { refusedBy, expired } = {} } = job;
    return { queue, payload, recoveries: 0, refusedBy, expired };
  }

  #settle(job: Job, outcome: Outcome): void {
    if (outcome.kind === "release") {
      this.#state.jobs.putBack(job);
    } else {
      this.#state.settle(job, outcome, this.#state.now());
    }
    while (this.#state.releaseBlocked() > 0);
  }
}
