import type { Finding } from "./finding.ts";
import type { JobRecord } from "./job-record.ts";

/** What operators see of a worker process. */
export interface WorkerInfo {
  /** The machine it runs on. */
  readonly hostname: string;
  /** Its process id. */
  readonly pid: number;
  /** What tells its application from others; may be "". */
  readonly tag: string;
  /** Epoch seconds. */
  readonly startedAt: number;
  /** How many jobs it runs at a time. */
  readonly concurrency: number;
  /** Queue name and weight, in order; `["*", 1]` for all. */
  readonly queues: readonly (readonly [string, number])[];
}

/**
 * Where a job is. `"cancelled"` is said of a cancelled one for an hour, and of the latest 100,000.
 * `"finished"` is also the answer for what the store no longer knows; but for `"unknown"`: a jid
 * that nobody can have made, neither here nor in Ruby.
 */
export type JobStatus =
  | "scheduled"
  | "blocked"
  | "enqueued"
  | "running"
  | "retrying"
  | "dead"
  | "finished"
  | "cancelled"
  | "unknown";

/** The sets that jobs wait in, beside the queues. */
export type SetName = WaitingSet | "finished";

/** Those of jobs that are not over, or wait for a person. */
export type WaitingSet = "scheduled" | "retry" | "dead" | "blocked";

/** A queue by its name, or one of the sets. */
export type Place = QueuePlace | { readonly set: SetName };

/** All jobs of a queue, or some of them. */
export interface QueuePlace {
  /** The queue's name. */
  readonly queue: string;
  /**
   * true: only those that wait for a turn or a token beside its list. false: only the others, which
   * are fetched as soon as somebody asks. @default all of them
   */
  readonly parked?: boolean;
}

/** One waiting job as operators see it. */
export interface StoredJob {
  /** `undefined` where its payload has none that can be read. */
  readonly jid: string | undefined;
  /** Where it waits, or is to run. */
  readonly queue: string;
  /** As it is kept. */
  readonly payload: string;
  /**
   * Scheduled and retry: when it is due. Dead or finished: since when. Blocked: the time it was
   * given, if any.
   */
  readonly at: number | undefined;
  /** The key that it waits for in line, if it does. */
  readonly waitsFor?: string | undefined;
  /**
   * In a queue: how many would have been fetched before it, when it was read. Where it may be found
   * again.
   */
  readonly depth?: number | undefined;
  /** Its place among those of a queue that stand beside its list; the store's own. */
  readonly position?: string | undefined;
  /** The payload as a record, where the store had to read it: others need not do it again. */
  readonly record?: JobRecord | undefined;
}

/** Reading and managing what waits: paged, never the whole store at once. */
export interface JobStore {
  /** Every queue that had a job since it was last cleared, sorted. */
  queueNames(): Promise<readonly string[]>;
  /** How many jobs are there. */
  size(place: Place): Promise<number>;
  /**
   * A page of jobs: queues in the order of fetching, scheduled and retry by due time, dead and
   * finished newest first. Jobs that move meanwhile may be missed or seen twice; those that stay
   * are seen, whatever moves.
   *
   * @param cursor what the page before returned; `undefined` for the first.
   */
  page(place: Place, cursor: string | undefined, limit: number): Promise<Page>;
  /** A job by its jid, if it is there. */
  find(place: Place, jid: string): Promise<StoredJob | undefined>;
  /**
   * The jids of blocked jobs that wait for this one: the first `limit`, in the order of their
   * blocking.
   */
  dependents(jid: string, limit: number): Promise<readonly string[]>;
  /**
   * Deletes a job, unless it has left the place (or came back with another payload). Those that
   * waited for it are released.
   */
  delete(place: Place, job: StoredJob): Promise<boolean>;
  /**
   * Moves a job with a new payload to the end of its queue, or to the dead set, unless it has left
   * the place (or came back with another payload). A blocked job waits no longer then; a finished
   * one is left if another of its jid is there, and a dead one that cannot have its holds from
   * enqueue again (`Holds.inTheWay` says why).
   */
  move(place: Place, job: StoredJob, to: "queue" | "dead", payload: string): Promise<boolean>;
  /**
   * As `delete`, for many, in slices: each job by itself, and nobody else waits long. Where it
   * fails some are deleted, and the others are as they were.
   *
   * @param ended What is remembered of it. @default "deleted"
   * @returns how many had not left.
   */
  deleteAll(
    place: Place,
    jobs: readonly StoredJob[],
    ended?: "deleted" | "cancelled",
  ): Promise<number>;
  /**
   * As `move`, for many, in slices; they get to the ends of their queues in this order.
   *
   * @returns how many had not left.
   */
  moveAll(place: Place, moves: readonly Move[], to: "queue" | "dead"): Promise<number>;
  /**
   * Gives jobs other payloads where they are, in slices: they keep their places, their times and
   * what they hold. What a job has become since it was read, or is to become as it leaves its
   * queue, is rewritten likewise or left. One that has left, or came back with another payload, is
   * left.
   *
   * @returns how many payloads were rewritten.
   */
  rewriteAll(place: Place, jobs: readonly StoredJob[], rewriting: Rewriting): Promise<number>;
  /**
   * Cancels a job. One that waits is deleted. One that runs is finished as soon as its run has
   * ended, whatever the outcome, or when its worker dies; until then its worker is told
   * (`LeaseOptions.onCancel`), within a second.
   *
   * @param queue Where to look for it first.
   * @returns `false` if it is dead, finished, or unknown.
   */
  cancel(jid: string, queue?: string): Promise<boolean>;
  /** Deletes all jobs of a place, and a queue's name with them. @returns how many. */
  clear(place: Place): Promise<number>;
  /**
   * Nothing is fetched from the queue until `resume`, by name or not; jobs may still be put there.
   */
  pause(queue: string): Promise<void>;
  /** Ends a pause. */
  resume(queue: string): Promise<void>;
  /** Their names, sorted. */
  pausedQueues(): Promise<readonly string[]>;
  /** For all time; see {@link Outcome}. */
  counters(): Promise<{ readonly processed: number; readonly failed: number }>;
  /**
   * As `counters`, of each of the last days of UTC: the oldest first, today by the store's clock
   * last. A run counts on the day that it is for its worker.
   */
  countersByDay(days: number): Promise<readonly DayCounters[]>;
  /**
   * Of the leases that have not run out. A store may know what a worker said at its last `renew`.
   */
  workers(): Promise<readonly WorkerState[]>;
  /**
   * Living processes of another library that shares the store, which `workers` and `running` do not
   * list.
   */
  foreignProcesses(): Promise<readonly ForeignProcess[]>;
  /**
   * The jobs that leases hold, also those that were fetched ahead: of each lease in the order in
   * which they were handed out.
   */
  running(): Promise<readonly RunningJob[]>;
  /**
   * Asks a worker process to fetch no more (TSTP), or to stop (TERM). It hears of it at its next
   * `renew`, at the latest. One of `foreignProcesses` hears of it as its library does.
   *
   * @returns `false` if it lives no longer, or takes no signals (`WorkerState.embedded`).
   */
  signal(identity: string, signal: "TSTP" | "TERM"): Promise<boolean>;
  /**
   * What the store's server says of itself, by its own names: of Redis what INFO has, `save` and
   * `appendfsync`.
   */
  facts(): Promise<Readonly<Record<string, string>>>;
  /**
   * What operators should know of the store's server, good and bad; nothing where there is no
   * server.
   */
  findings(): Promise<readonly Finding[]>;
  /** The store's clock. */
  now(): Promise<number>;
}

/** Runs of one day. */
export interface DayCounters {
  /** The day, in UTC: `"2026-11-28"`. */
  readonly date: string;
  /** Runs that ended. */
  readonly processed: number;
  /** Of these, how many failed. */
  readonly failed: number;
}

/**
 * Makes another payload of one, which says the same jid and queue; `undefined` where it is to stay.
 */
export type Rewriting = (payload: string) => string | undefined;

/** A job that is to be moved, and what it is then. */
export interface Move {
  /** As it was read. */
  readonly job: StoredJob;
  /** What it is to be then. */
  readonly payload: string;
}

/** Some jobs of a place, and where the others are. */
export interface Page {
  /** In the place's order. */
  readonly jobs: readonly StoredJob[];
  /** Where the next page starts; `undefined` after the last. */
  readonly cursor: string | undefined;
}

/** What a worker process is doing. */
export interface WorkerState extends WorkerInfo {
  /** Its lease's, or what another library calls it. */
  readonly identity: string;
  /** Whose it is: this library's, or Ruby's, which shares the Redis. */
  readonly library: Library;
  /** Its library's, where it says so: Sidekiq does since 7.1. */
  readonly version?: string;
  /** What a process of Sidekiq's was labelled with. */
  readonly labels?: readonly string[];
  /** How many jobs it runs now: as many as it has slots, at most. */
  readonly busy: number;
  /** How many it holds beside these, which have no free slot yet. @default 0 */
  readonly fetchedAhead?: number;
  /** How many of these run although their timeout is over. @default 0 */
  readonly overdue?: number;
  /** Whether it takes no more jobs. */
  readonly quiet: boolean;
  /**
   * When it gave its last sign of life, by the store's clock; epoch seconds. One that was killed is
   * listed until its lease runs out. `undefined`: none for a minute, or its library does not say.
   */
  readonly seenAt?: number | undefined;
  /**
   * Whether it is part of a Ruby program that takes no signals through the store.
   *
   * @default false
   */
  readonly embedded?: boolean;
  /** Bytes of memory that it holds; `undefined` where its version does not say. */
  readonly rss?: number;
}

/** What processes jobs: this library, or the one that it shares a Redis with. */
export type Library = "mandate" | "sidekiq";

/** A process of another library, and the jobs that it says it runs. */
export interface ForeignProcess {
  /** What it says of itself. */
  readonly process: WorkerState;
  /** The oldest first. */
  readonly running: readonly RunningJob[];
}

/** One job that a lease holds, or a process of another library. */
export interface RunningJob {
  /** The lease's, or the process's. */
  readonly identity: string;
  /** Where it was fetched. */
  readonly queue: string;
  /** As it was fetched. */
  readonly payload: string;
  /** When it was handed out, epoch seconds. */
  readonly startedAt: number;
}
