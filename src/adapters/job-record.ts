import type { PrereqFailure } from "./adapter.ts";

/**
 * One enqueued job as plain JSON: Sidekiq's job hash, in every adapter.
 *
 * Fields this library does not know are kept as they are. Times are float epoch seconds, which every
 * Sidekiq version reads (`timestamp` writes them); Sidekiq 8 writes integer milliseconds.
 *
 * @see Sidekiq 8.1 `lib/sidekiq/job_util.rb`, `lib/sidekiq/job_retry.rb`
 */
export interface JobRecord {
  class: string;
  args: unknown[];
  /** What the JSON in `args` cannot say: which strings are global ids, which values are dates, … */
  meta?: RecordMeta;
  queue: string;
  jid: string;
  /** `true`: the configured maximum; a number: at most that many; `false`: none and no dead entry. */
  retry?: boolean | number;
  retry_for?: number;
  retry_queue?: string;
  backtrace?: boolean | number;
  dead?: boolean;
  tags?: string[];
  /** The name shown to operators. */
  display_class?: string;
  priority?: number;
  prereq_jobs?: string[];
  prereq_failure?: PrereqFailure;
  /** Runs that were started and failed, by the count Active Job keeps. */
  executions?: number;
  /** Failures by `retryOn` declaration. */
  exception_executions?: Record<string, number>;
  /** When a record this job refers to was first missed. */
  missing_since?: number;
  created_at?: number;
  enqueued_at?: number;
  error_class?: string;
  error_message?: string;
  error_backtrace?: string;
  failed_at?: number;
  retried_at?: number;
  retry_count?: number;
  /** What middleware adds. */
  [field: string]: unknown;
}

/** Annotations of `args`; see `serialization/native-format.ts`. */
export interface RecordMeta {
  [annotation: string]: unknown;
}

/**
 * Epoch seconds as a record's time fields carry them: never integral, because Sidekiq 8 takes an
 * integer for milliseconds. A whole second is written 0.1 ms late.
 */
export function timestamp(seconds: number): number {
  const rounded = Math.round(seconds * 1000) / 1000;
  return Number.isInteger(rounded) ? rounded + 0.0001 : rounded;
}

/** Reads a record's time field: integers are Sidekiq 8's milliseconds. @returns epoch seconds. */
export function readTimestamp(value: unknown): number | undefined {
  if (typeof value !== "number") {
    return undefined;
  }
  return Number.isInteger(value) && value > 1e11 ? value / 1000 : value;
}
