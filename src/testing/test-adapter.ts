import type { TimeUnit } from "../adapters/job-record.ts";
import { MemorySettings } from "../adapters/memory/memory-settings.ts";
import type { StoreOptions } from "../adapters/store-settings.ts";
import type {
  Adapter,
  Capabilities,
  Entry,
  Lease,
  LeaseOptions,
  Promotion,
  Recovery,
} from "../adapters/adapter.ts";
import { AdapterError } from "../adapters/adapter-error.ts";
import type { Batches, BatchHappening } from "../adapters/batches.ts";
import { assertGiven, type Documents, type DocumentWrite } from "../adapters/documents.ts";
import type { EnqueueAnswer, Refusal } from "../adapters/enqueue-answer.ts";
import { assertEntries } from "../adapters/entries.ts";
import type { Holds } from "../adapters/holds.ts";
import type { JobNotes } from "../adapters/job-notes.ts";
import type { JobStatus, JobStore, SetName } from "../adapters/job-store.ts";
import { Leftovers } from "../adapters/memory/leftovers.ts";
import { MemoryJobStore } from "../adapters/memory/memory-job-store.ts";
import { MemoryLease } from "../adapters/memory/memory-lease.ts";
import { MemoryState } from "../adapters/memory/memory-state.ts";
import { clock } from "../support/clock.ts";
import { silentLogger } from "../support/logger.ts";
import { Diary } from "./diary.ts";
import { Performing } from "./performing.ts";
import type { RecordedJob } from "./recorded-job.ts";
import { Runner } from "./runner.ts";
import { scopedMode, type Mode } from "./scope.ts";

const sets: readonly SetName[] = ["scheduled", "retry", "dead", "blocked", "finished"];

/**
 * The memory adapter's jobs, and a diary of them. It runs jobs itself when it is told to, without a
 * worker and without a timer.
 */
export class TestAdapter implements Adapter {
  readonly name = "test";
  readonly capabilities: Capabilities = {
    persistent: false,
    priorities: true,
    fairness: true,
    holds: true,
    documents: true,
    batches: true,
  };
  readonly store: JobStore;
  readonly notes: JobNotes;
  readonly holds: Holds;
  readonly documents: Documents;
  readonly batches: Batches;
  readonly diary: Diary = new Diary(this);
  /** What holds outside of all scopes. */
  mode: Mode = "fake";
  readonly #state: MemoryState;
  readonly #runner: Runner;
  #isClosed = false;

  constructor() {
    // Closed: in a test, jobs may wait without a worker, and be left.
    const leftovers = new Leftovers(silentLogger);
    leftovers.close();
    const settings = new MemorySettings("TestAdapter");
    this.#state = new MemoryState({ now: () => clock.now(), leftovers, settings });
    this.store = new MemoryJobStore(this.#state);
    this.#runner = new Runner(this, this.#state, this.diary);
    this.holds = this.#state.holds;
    this.documents = this.#state.documents;
    this.batches = this.#state.jobs.batches;
    this.notes = notesOf(this.#state, this.#runner);
  }

  async enqueue(
    entries: readonly Entry[],
    _timeout?: number,
    given?: DocumentWrite,
  ): Promise<EnqueueAnswer> {
    assertEntries(entries);
    if (given !== undefined) assertGiven(given, entries);
    this.#assertOpen("accept jobs");
    const fresh = this.#unknown(entries);
    const answer = this.#state.enqueue(entries, given);
    if (answer.conflict !== undefined) return answer;
    const refused = new Set(answer.refused.map(({ jid }) => jid));
    const accepted = refused.size === 0 ? fresh : fresh.filter(({ jid }) => !refused.has(jid));
    const recorded = accepted.map(({ jid, queue, payload, at }) =>
      this.diary.noteEnqueued({ kind: "enqueue", jid, queue, payload, at }),
    );
    recorded.push(...answer.refused.flatMap((refusal) => this.#noteReplaced(refusal)));
    const mode = scopedMode() ?? this.mode;
    if (mode instanceof Performing) await this.#runner.deferred(recorded, mode);
    return answer;
  }

  get timestamps(): TimeUnit {
    return this.#state.settings.timestamps;
  }

  useDefaults(defaults: StoreOptions): void {
    this.#state.settings.useDefaults(defaults);
  }

  async lease(options: LeaseOptions): Promise<Lease> {
    this.#assertOpen("open a lease");
    return new MemoryLease(options, this.#state);
  }

  async promoteDue(limit = 1_000): Promise<Promotion> {
    return this.#state.promoteDue(limit);
  }

  async releaseBlocked(onBatch?: (happened: BatchHappening) => void): Promise<number> {
    return this.#state.releaseBlocked(onBatch);
  }

  async recover(): Promise<readonly Recovery[]> {
    return this.#state.recover();
  }

  async unfinished(jids: readonly string[]): Promise<readonly string[]> {
    return jids.filter((jid) => this.#state.jobs.isUnfinished(jid));
  }

  async status(jid: string): Promise<JobStatus> {
    return this.#state.status(jid);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  /** Jobs that still wait, in the order in which they last came. */
  waiting(): readonly RecordedJob[] {
    const { jobs } = this.#state;
    return this.diary.untaken().filter(({ moment }) => {
      const list = jobs.known.find(moment.jid)?.list;
      return list !== undefined && list !== jobs.sets.dead;
    });
  }

  /** Jobs that failed and wait to be tried again, the earliest first. */
  retrying(): readonly RecordedJob[] {
    return this.#state.jobs.sets.retry
      .after(undefined, Infinity)
      .map(({ jid, queue, payload, at }) =>
        this.diary.recordOf({ kind: "retry", jid, queue, payload, at }),
      );
  }

  /**
   * When a job that is over a limit may run, epoch seconds; `Infinity`: time alone changes nothing.
   */
  nextTurn(): number {
    const { keys } = this.#state.jobs;
    keys.wake(clock.now());
    return keys.nextWake ?? Infinity;
  }

  /** Forgets all jobs, and the diary. */
  clear(): void {
    // Nothing in this store awaits anything: each of these is done when it returns.
    for (const queue of this.#state.jobs.queues.keys()) void this.store.clear({ queue });
    for (const set of sets) void this.store.clear({ set });
    this.#state.jobs.known.clear();
    this.#state.notes.clear();
    this.#state.documents.clear();
    this.#state.jobs.keys.clear();
    this.#state.jobs.batches.clear();
    this.diary.clear();
  }

  /**
   * Runs jobs one after another, each that waits for others after these.
   *
   * @returns how many runs there were.
   * @throws the first error of a job that no rule of its class took care of; what is left waits on.
   */
  perform(jobs: readonly RecordedJob[]): Promise<number> {
    const mode = scopedMode() ?? this.mode;
    return this.#runner.perform(jobs, mode instanceof Performing ? mode : undefined);
  }

  /** The job that waits, as it is now. */
  #noteReplaced({ holder, how }: Refusal): readonly RecordedJob[] {
    const job = how === "replaced" ? this.#state.jobs.known.find(holder ?? "") : undefined;
    if (job === undefined) return [];
    const { jid, queue, payload, at } = job;
    return [this.diary.noteReplaced({ kind: "enqueue", jid, queue, payload, at })];
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
    const isUnknown = (entry: Entry): boolean => !this.#state.jobs.known.isKnown(entry);
    return [...new Map(entries.toReversed().map((entry) => [entry.jid, entry])).values()]
      .reverse()
      .filter(isUnknown);
  }
}

/** Whoever looks for the end of a job may wait for it. */
function notesOf({ notes }: MemoryState, runner: Runner): JobNotes {
  return {
    writeProgress: (progress) => notes.writeProgress(progress),
    readProgress: (jids) => notes.readProgress(jids),
    readEnds: (jids) => {
      for (const jid of jids) runner.hurry(jid);
      return notes.readEnds(jids);
    },
    listen: (jid, onEnd) => notes.listen(jid, onEnd),
    writeProfile: (profile) => notes.writeProfile(profile),
    readProfiles: () => notes.readProfiles(),
    readProfile: (key) => notes.readProfile(key),
  };
}
