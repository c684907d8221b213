import type { BatchEvent } from "./batches.ts";

/**
 * What becomes of a job that waits for others when one of them is over without success, because it
 * is dead, or was discarded, cancelled or deleted, or has expired: it runs all the same, goes to
 * the dead set, or is cancelled.
 */
export type PrereqFailure = "release" | "bury" | "cancel";

/** What is none of these, as others may write it, is the default. */
export function readPrereqFailure(value: unknown): PrereqFailure {
  return value === "bury" || value === "cancel" ? value : "release";
}

/**
 * One enqueued job as plain JSON: Sidekiq's job hash, in every adapter.
 *
 * Fields this library does not know are kept as they are. Times are what `timestamp` writes:
 * float epoch seconds, which every Sidekiq version reads, or Sidekiq 8's integer milliseconds.
 *
 * @see Sidekiq 8.1 `lib/sidekiq/job_util.rb`, `lib/sidekiq/job_retry.rb`
 */
export interface JobRecord {
  /** What runs it: `"MandateJob"` for commands, else the name of a `Job` class. */
  class: string;
  /** Plain JSON. Of a command: its name, then its arguments. */
  args: unknown[];
  /** What the JSON in `args` cannot say: which strings are global ids, which values are dates, … */
  meta?: RecordMeta;
  /**
   * The arguments, where they are encrypted, and what in `args` tells of them does not; see
   * `encryption/cipher.ts`.
   */
  encrypted?: string;
  /** The queue's name, without a prefix. */
  queue: string;
  /** The job's id, 24 lowercase hex digits. */
  jid: string;
  /**
   * `true`: the configured maximum; a number: at most that many; `false`: none and no dead entry.
   */
  retry?: boolean | number;
  /** Retry until this many seconds after `failed_at`, however often. */
  retry_for?: number;
  /** The queue for retries. */
  retry_queue?: string;
  /** How many lines of a failure's backtrace are kept; `true`: all; absent: one, the place. */
  backtrace?: boolean | number;
  /** `false`: not kept once out of retries. */
  dead?: boolean;
  /** Words that operators see and search by. */
  tags?: string[];
  /**
   * The context attributes that it was deferred with; those of a second definition are in
   * `cattr_1`, and so on.
   */
  cattr?: unknown;
  /**
   * What its command declares; see `job/declare/declaration-signature.ts`. Absent where the name is
   * written down.
   */
  sig?: string;
  /** The name shown to operators. */
  display_class?: string;
  /** Of an Active Job, its own class: `class` is what wraps it, and `args` one object. */
  wrapped?: string;
  /** The smaller first. */
  priority?: number;
  /** How far its runs have come, step by step; where its class encrypts, a text. */
  steps?: unknown;
  /** How often a run went on from where one before had come to. */
  resumptions?: number;
  /** Under which name its runs are profiled. */
  profile?: string;
  /** Of a recurring job's: its key, and when the occurrence was due, epoch seconds. */
  recurring?: { readonly key: string; readonly at: number };
  /** Jids that must be finished first. */
  prereq_jobs?: string[];
  /** What a prerequisite's failure does to this job. */
  prereq_failure?: PrereqFailure;
  /** Sidekiq Pro's: seconds from when it is due, after which no run of it begins. */
  expires_in?: number;
  /** The moment that follows from `expires_in`. */
  expiry?: number;
  /** Whose it is: of the jobs in a queue these take turns. */
  fair_key?: string;
  /** The id of the batch that counts it, or that it is a callback of. */
  batch?: string;
  /** Of a callback: what it waits for. */
  batch_event?: BatchEvent;
  /** Runs that were started and failed, by the count Active Job keeps. */
  executions?: number;
  /** Failures by `retryOn` declaration. */
  exception_executions?: Record<string, number>;
  /** When a record this job refers to was first missed. */
  missing_since?: number;
  /** How often in a row workers that do not know its class left it to others. */
  left_count?: number;
  /** How often in a row its prerequisites could not be asked for. */
  held_count?: number;
  /** How often in a row there was no key for its arguments. */
  locked_count?: number;
  /** How often in a row it was over a limit of its own code: Sidekiq Enterprise's. */
  overrated?: number;
  /** How often in a row its run broke down. */
  broken_count?: number;
  /** When it was deferred. */
  created_at?: number;
  /** When it last entered a queue; absent while it waits elsewhere. */
  enqueued_at?: number;
  /** The name of the last failure's error. */
  error_class?: string;
  /** Its message, at most 10,000 characters. */
  error_message?: string;
  /** Its backtrace: a JSON array of lines, deflated, in Base64. */
  error_backtrace?: string;
  /** When it failed first. */
  failed_at?: number;
  /** When it failed last, if more than once. */
  retried_at?: number;
  /** Retries so far: 0 after the first failure. */
  retry_count?: number;
  /** What middleware adds. */
  [field: string]: unknown;
}

/** @returns `undefined` where a payload is no JSON object: anybody may have written it. */
export function readRecord(payload: string): JobRecord | undefined {
  try {
    const record = JSON.parse(payload) as JobRecord | null;
    return typeof record === "object" && record !== null && !Array.isArray(record)
      ? record
      : undefined;
  } catch {
    return undefined;
  }
}

/** Annotations of `args`; see `serialization/native-format.ts`. */
export interface RecordMeta {
  [annotation: string]: unknown;
}

/**
 * How records carry times: `"seconds"`, with a fraction, which every Sidekiq reads; or
 * `"milliseconds"`, as Sidekiq 8 writes them and earlier ones misread.
 */
export type TimeUnit = "seconds" | "milliseconds";

/**
 * Epoch seconds as a record's time fields carry them. Seconds are never integral, because Sidekiq 8
 * takes an integer for milliseconds: a whole second is written 0.1 ms late.
 *
 * @param unit The store's: `timestamps` of its adapter.
 */
export function timestamp(seconds: number, unit: TimeUnit = "seconds"): number {
  if (unit === "milliseconds") return Math.round(seconds * 1000);
  const rounded = Math.round(seconds * 1000) / 1000;
  return Number.isInteger(rounded) ? rounded + 0.0001 : rounded;
}

/** Seconds from the epoch to the first and the last moment that a `Date` can tell. */
const FURTHEST = 8.64e12;

/**
 * Reads a record's time field: integers are Sidekiq 8's milliseconds. Anybody may have written it.
 *
 * @returns epoch seconds; `undefined` where it is no time that a `Date` can tell.
 */
export function readTimestamp(value: unknown): number | undefined {
  if (typeof value !== "number") {
    return undefined;
  }
  const time = Number.isInteger(value) && value > 1e11 ? value / 1000 : value;
  return Math.abs(time) <= FURTHEST ? time : undefined;
}

/** @returns `undefined` where there is none, and where no `Date` can tell it. */
export function dateAt(seconds: number | undefined): Date | undefined {
  return seconds !== undefined && Math.abs(seconds) <= FURTHEST
    ? new Date(seconds * 1000)
    : undefined;
}
