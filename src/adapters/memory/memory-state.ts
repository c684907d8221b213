import type { Entry, LeaseOptions, Outcome, Promotion, Recovery } from "../adapter.ts";
import type { BatchHappening } from "../batches.ts";
import type { DocumentWrite } from "../documents.ts";
import type { EnqueueAnswer } from "../enqueue-answer.ts";
import { AdapterError } from "../adapter-error.ts";
import { buriedAsLost, LOSSES_TO_BURY } from "../bury.ts";
import { withJid } from "../presentable.ts";
import type { LeftResult } from "../job-notes.ts";
import type { JobStatus, RunningJob, WorkerState } from "../job-store.ts";
import { hasStar, servedQueues } from "../served-queues.ts";
import { isUsualJid } from "../../support/jid.ts";
import { Admission } from "./admission.ts";
import { Announcer } from "./announcer.ts";
import { DayCounts } from "./day-counts.ts";
import { FinishedJobs } from "./finished-jobs.ts";
import type { Job } from "./job.ts";
import type { JobQueue } from "./job-queue.ts";
import { Jobs } from "./jobs.ts";
import { KeyLines } from "./key-lines.ts";
import type { Leftovers } from "./leftovers.ts";
import { MemoryDocuments } from "./memory-documents.ts";
import { MemoryHolds } from "./memory-holds.ts";
import type { MemorySettings } from "./memory-settings.ts";
import type { StateParts } from "./state-parts.ts";
import { MemoryJobNotes } from "./memory-job-notes.ts";
import { Turns } from "./turns.ts";

const SLICE = 500;

/** What others may ask of a lease. */
export interface OpenLease {
  readonly identity: string;
  /** Whether others may take its jobs. */
  isOver(now: number): boolean;
  /** Ends, and gives up its jobs in the order in which they were fetched. */
  surrender(): readonly Job[];
  worker(): WorkerState;
  running(): Iterable<RunningJob>;
  /** Hands on what an operator asks for. */
  signal(name: "TSTP" | "TERM"): void;
  /** Tells it which jobs are cancelled. */
  cancel(jids: ReadonlySet<string>): void;
}

/**
 * All that a memory adapter, its leases and its reading share. Each method is one step: nothing
 * awaits.
 */
export class MemoryState {
  readonly now: () => number;
  readonly settings: MemorySettings;
  readonly jobs: Jobs;
  readonly notes: MemoryJobNotes;
  readonly documents: MemoryDocuments;
  readonly holds: MemoryHolds;
  readonly admission: Admission;
  readonly turns: Turns;
  readonly finished: FinishedJobs = new FinishedJobs();
  readonly paused: Set<string> = new Set();
  readonly counters: { processed: number; failed: number } = { processed: 0, failed: 0 };
  readonly days: DayCounts = new DayCounts();
  readonly #lines: KeyLines;
  readonly #leases = new Map<string, OpenLease>();
  readonly #announcer = new Announcer();
  readonly #leftovers: Leftovers;

  constructor(options: StateParts) {
    this.now = options.now;
    this.settings = options.settings;
    this.#leftovers = options.leftovers;
    this.jobs = new Jobs(this.#announcer, options);
    this.jobs.batches.onCancelled = () => this.#tellCancelled();
    this.#lines = new KeyLines(this.jobs);
    this.admission = new Admission(this.jobs, this.#lines);
    this.turns = new Turns(this.jobs);
    this.holds = new MemoryHolds(this.jobs, options.now);
    this.documents = new MemoryDocuments(options.now);
    this.notes = new MemoryJobNotes(options.now, (jid) => this.jobs.status(jid));
  }

  /** @param given neither too long nor with too many jobs. */
  enqueue(entries: readonly Entry[], given?: DocumentWrite): EnqueueAnswer {
    const conflict = given && this.documents.conflictOf(given);
    if (conflict !== undefined) {
      return { refused: [], conflict };
    }
    const version = given && this.documents.put(given);
    const answer = this.admission.admit(entries, this.now());
    return version === undefined ? answer : { ...answer, version };
  }

  // --- Leases ------------------------------------------------------------------------------------

  /** @throws {AdapterError} if there is one of that identity. */
  leaseOpened(lease: OpenLease, options: LeaseOptions): void {
    if (this.#leases.has(lease.identity)) {
      throw new AdapterError(
        `Cannot open a lease for worker "${lease.identity}": one is open under that identity. ` +
          "Use another for each lease",
      );
    }
    this.#leases.set(lease.identity, lease);
    this.#announcer.add(options);
    this.#leftovers.leaseOpened();
  }

  leaseEnded(lease: OpenLease, options: LeaseOptions): void {
    this.#leases.delete(lease.identity);
    this.#announcer.remove(options);
    this.#leftovers.leaseClosed();
  }

  leases(): Iterable<OpenLease> {
    return this.#leases.values();
  }

  /** A jid that is not like Sidekiq's is unknown, unless something is remembered of it. */
  status(jid: string): JobStatus {
    const status = this.jobs.status(jid);
    const isKnown =
      status !== "finished" ||
      isUsualJid(jid) ||
      this.jobs.known.remembers(jid) ||
      this.notes.has(jid) ||
      this.finished.has(jid);
    return isKnown ? status : "unknown";
  }

  cancel(jid: string): boolean {
    const how = this.jobs.cancel(jid);
    if (how === "running") {
      this.#tellCancelled();
    }
    return how !== undefined;
  }

  #tellCancelled(): void {
    for (const lease of this.#leases.values()) {
      lease.cancel(new Set(this.jobs.cancelled));
    }
  }

  resume(queue: string): void {
    if (this.paused.delete(queue)) {
      this.#announcer.work();
    }
  }

  // --- Fetching and settling ---------------------------------------------------------------------

  /** The queues to fetch from, in order. */
  fetchable(queues: readonly string[] | undefined): JobQueue[] {
    const all = (): string[] => shuffled([...this.jobs.queues.keys()]);
    const names = queues?.some(hasStar) === true ? servedQueues(queues, all()) : (queues ?? all());
    const fetchable: JobQueue[] = [];
    for (const name of names) {
      const queue = this.paused.has(name) ? undefined : this.jobs.queues.get(name);
      if (queue?.isFetchable === true) {
        fetchable.push(queue);
      }
    }
    return fetchable;
  }

  /** The lease of these options has looked for jobs. */
  asked(options: LeaseOptions): void {
    this.#announcer.asked(options);
  }

  /** @param job one that no lease holds any more. */
  settle(job: Job, outcome: Exclude<Outcome, { kind: "release" }>, now: number): void {
    this.#count(outcome);
    job.recoveries = 0;
    if (job.holds !== undefined) {
      this.jobs.keeping.runEnded(job.holds, outcome.kind, now);
    }
    if (outcome.kind === "done") {
      this.jobs.finish(job, outcome.ended);
      this.#leave(job, outcome);
      if (outcome.finished !== undefined) {
        this.finished.add(job, outcome.finished, now);
      }
      return;
    }
    if (this.jobs.isCancelled(job)) {
      this.jobs.finish(job, "cancelled");
      return;
    }
    job.payload = outcome.jid === undefined ? withJid(outcome.payload, job.jid) : outcome.payload;
    if (outcome.kind === "dead") {
      this.jobs.bury(job, now);
      this.#leave(job, outcome);
      return;
    }
    job.queue = outcome.queue;
    if (outcome.kind === "retry") {
      this.jobs.retry(job, dueOf(outcome, now) ?? now);
    } else if (outcome.kind === "requeue") {
      job.at = dueOf(outcome, now);
      this.jobs.startWaiting(job, now);
    } else {
      const { prereqs, prereqFailure: failure } = outcome;
      this.jobs.block(job, { prereqs, failure, now });
    }
  }

  #leave({ jid }: Job, { result }: { readonly result?: LeftResult }): void {
    if (result !== undefined) {
      this.notes.leave(jid, result);
    }
  }

  #count(outcome: Outcome): void {
    const { kind } = outcome;
    if (kind === "done" || kind === "retry" || kind === "requeue" || kind === "dead") {
      this.counters.processed += 1;
    }
    if (kind === "retry" || kind === "dead" || (kind === "done" && outcome.failed === true)) {
      this.counters.failed += 1;
    }
  }

  // --- Moving what is due, free or lost ----------------------------------------------------------

  promoteDue(limit: number): Promotion {
    const now = this.now();
    let promoted = 0;
    let next = this.jobs.nextDue;
    for (; promoted < limit && next !== undefined && next.rank <= now; next = this.jobs.nextDue) {
      this.jobs.takeOut(next);
      this.jobs.enqueue(next, now);
      promoted += 1;
    }
    const { keys, batches } = this.jobs;
    keys.wake(now);
    batches.wake(now);
    const nextAt = Math.min(
      next?.rank ?? Infinity,
      keys.nextWake ?? Infinity,
      batches.nextWake ?? Infinity,
    );
    this.#announcer.promoted(nextAt === Infinity ? undefined : nextAt);
    return { promoted, nextAt: nextAt === Infinity ? undefined : nextAt };
  }

  releaseBlocked(onBatch?: (happened: BatchHappening) => void): number {
    const now = this.now();
    for (const happened of this.jobs.batches.course.takeNews()) onBatch?.(happened);
    const released = this.jobs.releaseBlocked(SLICE, now);
    return released < SLICE ? released + this.#lines.release(SLICE - released, now) : released;
  }

  recover(): Recovery[] {
    const now = this.now();
    const over = [...this.#leases.values()].filter((lease) => lease.isOver(now));
    const recoveries = over.map((lease) => this.#recoverFrom(lease, now));
    return recoveries.filter(({ recovered, buried }) => recovered > 0 || buried.length > 0);
  }

  #recoverFrom(lease: OpenLease, now: number): Recovery {
    const kept: Job[] = [];
    const buried: string[] = [];
    for (const job of lease.surrender()) {
      if (this.jobs.isCancelled(job)) {
        this.jobs.finish(job, "cancelled");
        continue;
      }
      job.recoveries += 1;
      if (job.recoveries < LOSSES_TO_BURY) {
        kept.push(job);
      } else {
        job.payload = buriedAsLost({ ...job.stored(), stamp: this.settings.timestamp(now) });
        this.jobs.bury(job, now);
        buried.push(job.jid);
      }
    }
    for (const job of kept.reverse()) {
      this.jobs.putBack(job, true);
    }
    return { identity: lease.identity, recovered: kept.length, buried };
  }
}

function dueOf(
  { at, delay }: { readonly at?: number; readonly delay?: number },
  now: number,
): number | undefined {
  return delay === undefined ? at : now + delay;
}

function shuffled(names: string[]): string[] {
  for (let left = names.length; left > 1; left -= 1) {
    const other = Math.floor(Math.random() * left);
    const [one, two] = [names[left - 1] as string, names[other] as string];
    names[left - 1] = two;
    names[other] = one;
  }
  return names;
}
