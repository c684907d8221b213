import type { Library } from "../../adapters/job-store.ts";
import type { Progress } from "../../job/handle/progress.ts";
import type { FoundJob, JobPlace } from "../lists/jobs.ts";
import { JobEntry } from "./job-entry.ts";
import type { StepState } from "./step-state.ts";
import type { RunningEntry } from "./running-entry.ts";

/** A job as plain JSON. Times are texts in ISO 8601; what there is not is left out. */
export interface JobJson {
  /** The job's id. */
  readonly jid?: string | undefined;
  /** Where it is. */
  readonly place: JobPlace;
  /** The queue it is on, came from, or will go to. */
  readonly queue: string;
  /** The command's name, or that of a `Job` class; "" where the payload has none. */
  readonly class: string;
  /** The arguments as they are on the wire, global ids as text. */
  readonly arguments: readonly unknown[];
  /**
   * Scheduled or in retry: when it is due. Dead: when it died. Finished: when it ended. Blocked:
   * the time it was given, if any.
   */
  readonly at?: string | undefined;
  /** Blocked: the limit that it is over, or the key that it waits for, if it is that. */
  readonly blockedBy?: string | undefined;
  /** Finished: how it ended. */
  readonly outcome?: JobEntry["outcome"];
  /** Running: since when. Finished: when its last run began. */
  readonly startedAt?: string | undefined;
  /** Finished: how many seconds its last run took. */
  readonly duration?: number | undefined;
  /** Running: the process that holds it. */
  readonly worker?: string;
  /** Running: `true` if it waits for its worker to have a free slot. */
  readonly fetchedAhead?: true | undefined;
  /** Running: whose process holds it. */
  readonly library?: Library;
  /** Running: how far it said last that it is. */
  readonly progress?: Progress | undefined;
  /** When it was deferred. */
  readonly createdAt?: string | undefined;
  /** When it last entered a queue. */
  readonly enqueuedAt?: string | undefined;
  /** After which no run of it begins. */
  readonly expiresAt?: string | undefined;
  /** When it failed first. */
  readonly failedAt?: string | undefined;
  /** The name of its last failure's error. */
  readonly errorClass?: string | undefined;
  /** That error's message. */
  readonly errorMessage?: string | undefined;
  /** Retries so far: 0 after the first failure. */
  readonly retryCount?: number | undefined;
  /** How far it has come, step by step. */
  readonly steps?: readonly StepState[] | undefined;
  /** Words that operators search by. */
  readonly tags: readonly string[];
  /** The context attributes that it was deferred with. */
  readonly context?: JobEntry["context"] | undefined;
}

/**
 * A job that `jobs()` or `findJob()` found as plain JSON, as `mandate jobs list --json` prints it:
 * its arguments included, which may be secret, its backtrace not.
 *
 * @example
 * ```ts
 * import { findJob, jobJson } from "mandate";
 *
 * const found = await findJob("9e848942c7b62592be4d7287");
 * console.log(JSON.stringify(found && jobJson(found)));
 * ```
 */
export function jobJson({ place, entry }: FoundJob): JobJson {
  const { context } = entry;
  return {
    jid: entry.id,
    place,
    queue: entry.queueName,
    class: entry.className,
    arguments: entry.arguments,
    ...(entry instanceof JobEntry ? ofWaiting(entry) : ofHeld(entry)),
    createdAt: textOf(entry.createdAt),
    enqueuedAt: textOf(entry.enqueuedAt),
    expiresAt: textOf(entry.expiresAt),
    failedAt: textOf(entry.failedAt),
    errorClass: entry.errorClass,
    errorMessage: entry.errorMessage,
    retryCount: entry.retryCount,
    steps: entry.steps,
    tags: entry.tags,
    context: Object.keys(context).length === 0 ? undefined : context,
  };
}

function ofWaiting(entry: JobEntry): Partial<JobJson> {
  const { at, blockedBy, outcome, startedAt, duration } = entry;
  return { at: textOf(at), blockedBy, outcome, startedAt: textOf(startedAt), duration };
}

function ofHeld(entry: RunningEntry): Partial<JobJson> {
  const { startedAt, identity: worker, fetchedAhead, library, progress } = entry;
  return {
    startedAt: textOf(startedAt),
    worker,
    fetchedAhead: fetchedAhead || undefined,
    library,
    progress,
  };
}

function textOf(date: Date | undefined): string | undefined {
  return date?.toISOString();
}
