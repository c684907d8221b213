import type { Batches, BatchHappening } from "./batches.ts";
import type { Capabilities } from "./capabilities.ts";
import type { Documents, DocumentWrite } from "./documents.ts";
import type { EnqueueAnswer } from "./enqueue-answer.ts";
import type { FormatChoice } from "./wire-format.ts";
import type { Holds } from "./holds.ts";
import type { JobNotes } from "./job-notes.ts";
import type { Entry } from "./entry.ts";
import type { Exchange, FetchedJob, FetchRequest } from "./fetching.ts";
import type { JobStatus, JobStore } from "./job-store.ts";
import type { LeaseOptions } from "./lease-options.ts";
import type { Promotion } from "./promotion.ts";
import type { Recovery } from "./recovery.ts";
import type { Outcome } from "./outcome.ts";
import type { StoreOptions } from "./store-settings.ts";
import type { TimeUnit } from "./job-record.ts";

export type { Capabilities } from "./capabilities.ts";
export { type Entry, RecordEntry } from "./entry.ts";
export type { Exchange, FetchedJob, FetchRequest, ParkedJob } from "./fetching.ts";
export type { PrereqFailure } from "./job-record.ts";
export type { Promotion } from "./promotion.ts";
export type { Recovery } from "./recovery.ts";
export type { LeaseOptions } from "./lease-options.ts";
export type { Outcome } from "./outcome.ts";

/**
 * What every store of jobs can do: memory, Redis, later Postgres.
 *
 * An adapter stores, hands out and settles. It builds no command, decides on no retry, and never
 * looks into a payload: it moves text. `src/adapter-contract/contract.ts` is this file as tests.
 *
 * Times are epoch seconds with a fraction, by the store's own clock where it has one.
 */
export interface Adapter extends FormatChoice {
  /** "memory", "redis": for logs and messages. */
  readonly name: string;
  /** What it can do beyond this contract. */
  readonly capabilities: Capabilities;
  /** How times are written into its records. @default "seconds" */
  readonly timestamps?: TimeUnit | undefined;
  /** Reading and managing what waits. */
  readonly store: JobStore;
  /** What jobs leave for others to read. */
  readonly notes: JobNotes;
  /** There where `capabilities.holds` says so. */
  readonly holds?: Holds;
  /** There where `capabilities.documents` says so. */
  readonly documents?: Documents;
  /** There where `capabilities.batches` says so. */
  readonly batches?: Batches;

  /**
   * Accepts jobs, all in one atomic step up to 1,000 entries, or 100 where some hold keys; more go
   * in such slices. Resolves when the store has them. An entry whose jid the store already holds
   * (waiting, running or dead, or over and `remembered`) changes nothing. So does one that is tried
   * again on the same adapter, where `maybeAccepted` or `accepted` was said of it. A prerequisite
   * may stand in the same slice, also further back.
   *
   * Of entries that want the same key the first wins, and those that follow are refused by it.
   * Prerequisites in the same call that name a job which was refused stand for the job that holds
   * the key. A call that is tried again after its answer was lost is answered as it was.
   *
   * @param timeout Seconds to wait for the store at most.
   * @param given A document that is written in the same step. Where it is not there in that
   *   version, nothing is accepted.
   * @throws {AdapterError} if the store did not take them; `accepted` lists what it surely has.
   * @throws {TypeError} if an entry is malformed. Nothing was accepted then.
   * @throws {RangeError} if `given` comes with more than 1,000 entries, or its text is longer than
   *   64 KB.
   */
  enqueue(
    entries: readonly Entry[],
    timeout?: number,
    given?: DocumentWrite,
  ): Promise<EnqueueAnswer>;

  /**
   * Opens a worker process's lease: in its name jobs are fetched and settled.
   *
   * @throws {AdapterError} if a lease of that identity is open.
   */
  lease(options: LeaseOptions): Promise<Lease>;

  /**
   * Moves scheduled and retried jobs that are due to the ends of their queues, in the order of
   * their times, at most `limit` (1,000) at once. What waits in line for a token, or for the time
   * of a hold to end, may be fetched, or released, from then on too; such times count in `nextAt`,
   * and leases are told of them by `onDue`.
   */
  promoteDue(limit?: number): Promise<Promotion>;

  /**
   * Hands on jobs whose last prerequisite has finished, at most 500 at once and in the order in
   * which they became free: to the end of their queue, to the schedule if their time has not come;
   * or, where one was no success and they asked for that, to the dead set, or away. Until then they
   * are blocked. Any worker may. Likewise those that waited in line for a key from enqueue.
   *
   * @param onBatch Told what happened to batches, where this call has dealt with the last of what
   *   waited for that: of all workers one is told, at most once.
   * @returns how many were handed on; 0 when none was left.
   */
  releaseBlocked(onBatch?: (happened: BatchHappening) => void): Promise<number>;

  /**
   * Returns the jobs of leases that ran out to the head of their queues, in their old order, and
   * counts the recovery of each. A job that would be recovered for the third time is buried, with
   * an error that says so. A run that ends sets the count back to 0, whatever its outcome but
   * "release".
   *
   * @returns one entry for each lease of which jobs were returned or buried, in the order in which
   *   they were dealt with.
   */
  recover(): Promise<readonly Recovery[]>;

  /**
   * Looks for what others did to jobs behind this library's back, where a store has others who
   * write it. Each worker calls it, from the opening of its lease to its end, with each heartbeat
   * (10 seconds): whether there is a reason to look, and that one looks at a time, is for the store
   * to know.
   *
   * @param signal Breaks it off.
   * @returns how many jobs turned out to be over.
   * @throws The signal's reason, once it is aborted.
   */
  sweep?(signal?: AbortSignal): Promise<number>;

  /** Those that wait, run, are scheduled, blocked or in retry, in order. `asker` waits for them. */
  unfinished(jids: readonly string[], asker?: string): Promise<readonly string[]>;

  /** Where a job is now. */
  status(jid: string): Promise<JobStatus>;

  /**
   * Takes what `configure` says, for the options of its own that it was not given. Called by
   * `configure`, each time anew, and for the adapter of a worker.
   */
  useDefaults?(defaults: StoreOptions): void;

  /** Closes what it opened; it accepts nothing after. Owners of leases close these first. */
  close(): Promise<void>;
}

/** A worker process's right to run jobs. What it holds is given back as it runs out or closes. */
export interface Lease {
  /** As it was asked for. */
  readonly identity: string;

  /**
   * Settles outcomes, in any order, then fetches jobs, in one round trip. Settling is atomic for
   * each job, and settling twice is the same as once: what comes second is ignored. Fetching moves
   * a job from its queue to this lease in one step: there is no moment at which it is in neither.
   *
   * @throws {LeaseLostError} if the lease ran out or was closed. Nothing was settled or fetched.
   */
  exchange(outcomes: readonly Outcome[], request?: FetchRequest): Promise<Exchange>;

  /**
   * Keeps the lease for another `ttl`.
   *
   * @throws {LeaseLostError} if it ran out before, or was closed.
   */
  renew(): Promise<void>;

  /**
   * Gives a job that runs another payload, which says how far it has come: that is what comes back
   * of it, by a release, `close` or recovery. It has gone on, so it counts as no more recovered.
   * What a lease without this has of a run that was cut short is the payload it was fetched with.
   *
   * @returns `false` if the lease does not hold the job; nothing was written then.
   * @throws {LeaseLostError} if the lease ran out, or was closed.
   */
  checkpoint?(job: FetchedJob, payload: string): Promise<boolean>;

  /**
   * Returns all jobs it still holds to the head of their queues, in their old order, and ends. That
   * is no recovery. If it ran out before, its jobs are left to `recover`.
   */
  close(): Promise<void>;

  /**
   * Ends it as if it had run out: what it holds is left to `recover`, and counts as lost. One that
   * has no such way runs out.
   */
  giveUp?(): Promise<void>;
}
