import type {
  Adapter,
  Capabilities,
  Entry,
  FetchedJob,
  Lease,
  LeaseOptions,
  Outcome,
  Promotion,
  Recovery,
} from "../adapters/adapter.ts";
import { AdapterError } from "../adapters/adapter-error.ts";
import { assertEntries } from "../adapters/entries.ts";
import type { JobNotes } from "../adapters/job-notes.ts";
import type { JobStatus, JobStore, SetName } from "../adapters/job-store.ts";
import type { Job } from "../adapters/memory/job.ts";
import { Leftovers } from "../adapters/memory/leftovers.ts";
import { MemoryJobStore } from "../adapters/memory/memory-job-store.ts";
import { MemoryLease } from "../adapters/memory/memory-lease.ts";
import { MemoryState } from "../adapters/memory/memory-state.ts";
import { runJob } from "../job/run.ts";
import { hasDefaultLogger, settings } from "../job/settings.ts";
import { clock } from "../support/clock.ts";
import { consoleLogger, silentLogger, type Logger } from "../support/logger.ts";
import { Diary } from "./diary.ts";
import { Performing } from "./performing.ts";
import type { RecordedJob } from "./recorded-job.ts";
import { scopedMode, type Mode } from "./scope.ts";

const sets: readonly SetName[] = ["scheduled", "retry", "dead", "blocked", "finished"];

/** How one run ended. */
interface Run {
  /** `false` where a prerequisite was not finished. */
  readonly ran: boolean;
  /** What a rule of the job's class asked for. */
  readonly retry?: RecordedJob;
}

/** Two lines for each job would bury what a test runner says. A level that was asked for is kept. */
const quietLogger: Logger = consoleLogger(
  process.env["MANDATE_LOG_LEVEL"] ? {} : { level: "warn" },
);

/**
 * The memory adapter's jobs, and a diary of them. It runs jobs itself when it is told to, without a worker
 * and without a timer.
 */
export class TestAdapter implements Adapter {
  readonly name = "test";
  readonly capabilities: Capabilities = { persistent: false, priorities: true };
  readonly store: JobStore;
  readonly notes: JobNotes;
  readonly diary: Diary = new Diary(this);
  /** What holds outside of all scopes. */
  mode: Mode = "fake";
  readonly #state: MemoryState;
  #isClosed = false;

  constructor() {
    // Closed: in a test, jobs may wait without a worker, and be left.
    const leftovers = new Leftovers(silentLogger);
    leftovers.close();
    this.#state = new MemoryState({ now: () => clock.now(), leftovers });
    this.store = new MemoryJobStore(this.#state);
    this.notes = this.#state.notes;
  }

  async enqueue(entries: readonly Entry[]): Promise<void> {
    assertEntries(entries);
    this.#assertOpen("accept jobs");
    const fresh = this.#unknown(entries);
    this.#state.enqueue(entries);
    const recorded = fresh.map(({ jid, queue, payload, at }) =>
      this.diary.noteEnqueued({ kind: "enqueue", jid, queue, payload, at }),
    );
    const mode = scopedMode() ?? this.mode;
    if (mode instanceof Performing) {
      const accepted = recorded.filter(({ handle }) => mode.accepts(handle));
      await mode.track(this.perform(accepted, mode));
    }
  }

  async lease(options: LeaseOptions): Promise<Lease> {
    this.#assertOpen("open a lease");
    return new MemoryLease(options, this.#state);
  }

  async promoteDue(limit = 1_000): Promise<Promotion> {
    return this.#state.promoteDue(limit);
  }

  async releaseBlocked(): Promise<number> {
    return this.#state.releaseBlocked();
  }

  async recover(): Promise<readonly Recovery[]> {
    return this.#state.recover();
  }

  async unfinished(jids: readonly string[]): Promise<readonly string[]> {
    return jids.filter((jid) => this.#state.jobs.isUnfinished(jid));
  }

  async status(jid: string): Promise<JobStatus> {
    return this.#state.jobs.status(jid);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  /** Jobs that still wait, in the order in which they last came. */
  waiting(): readonly RecordedJob[] {
    const { jobs } = this.#state;
    return this.diary.untaken().filter(({ moment }) => {
      const list = jobs.find(moment.jid)?.list;
      return list !== undefined && list !== jobs.sets.dead;
    });
  }

  /** Forgets all jobs, and the diary. */
  clear(): void {
    // Nothing in this store awaits anything: each of these is done when it returns.
    for (const queue of this.#state.jobs.queues.keys()) void this.store.clear({ queue });
    for (const set of sets) void this.store.clear({ set });
    this.#state.notes.clear();
    this.diary.clear();
  }

  /**
   * Runs jobs one after another, each that waits for others after these.
   *
   * @param performing Runs retries too, and what waited under it until now.
   * @returns how many runs there were.
   * @throws what a job threw that no rule of its class took care of.
   */
  async perform(jobs: readonly RecordedJob[], performing?: Performing): Promise<number> {
    const left = new Set(jobs);
    let runs = 0;
    for (;;) {
      let next = this.#firstFree(left) ?? this.#firstFree(performing?.blocked ?? []);
      if (next === undefined) break;
      left.delete(next);
      performing?.blocked.delete(next);
      while (next !== undefined) {
        const { ran, retry }: Run = await this.#run(next);
        if (ran) runs += 1;
        else performing?.blocked.add(next);
        next = retry !== undefined && performing?.accepts(retry.handle) ? retry : undefined;
      }
    }
    for (const recorded of left) performing?.blocked.add(recorded);
    return runs;
  }

  #assertOpen(deed: string): void {
    if (this.#isClosed) {
      throw new AdapterError(
        `Cannot ${deed}: this test adapter is closed. Call useTestAdapter() for a new one`,
      );
    }
  }

  /** Each jid once: a second job of it is none. */
  #unknown(entries: readonly Entry[]): readonly Entry[] {
    const isUnknown = ({ jid }: Entry): boolean => this.#state.jobs.status(jid) === "finished";
    return [...new Map(entries.toReversed().map((entry) => [entry.jid, entry])).values()]
      .reverse()
      .filter(isUnknown);
  }

  #firstFree(jobs: Iterable<RecordedJob>): RecordedJob | undefined {
    for (const recorded of jobs) {
      if (this.#jobToRun(recorded) !== undefined) return recorded;
    }
    return undefined;
  }

  #jobToRun({ moment, isTaken }: RecordedJob): Job | undefined {
    const { jobs, paused } = this.#state;
    const job = isTaken ? undefined : jobs.find(moment.jid);
    if (job?.list === undefined || job.list === jobs.sets.dead || job.list === jobs.sets.blocked) {
      return undefined;
    }
    return paused.has(job.queue) ? undefined : job;
  }

  async #run(recorded: RecordedJob): Promise<Run> {
    const job = this.#jobToRun(recorded) as Job;
    const fetched = this.#take(job);
    recorded.isTaken = true;
    const run = this.diary.notePerformed(recorded, fetched.payload);
    let failure: { readonly error: unknown } | undefined;
    const outcome = await runJob(fetched, {
      adapter: this,
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
        return { ran: true, retry: this.diary.noteEnqueued({ kind, jid, queue, payload, at }) };
      }
      case "requeue": {
        const { kind, queue, payload, at } = outcome;
        this.diary.noteEnqueued({ kind, jid, queue, payload, at });
        return { ran: true };
      }
      case "block":
      case "release":
        recorded.isTaken = false;
        this.diary.strike(run);
        return { ran: false };
      case "done":
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
    jobs.takeOut(job);
    return { queue: job.queue, payload: job.payload, recoveries: 0 };
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
