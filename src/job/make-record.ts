import { timestamp, type JobRecord } from "../adapters/job-record.ts";
import { serializeArguments } from "../serialization/native-format.ts";
import { clock } from "../support/clock.ts";
import { seconds } from "../support/duration.ts";
import { newJid } from "../support/jid.ts";
import { checkInteger, checkName } from "./checks.ts";
import type { Declarations } from "./declarations.ts";
import type { DeferOptions } from "./defer-options.ts";
import type { RunnableClass } from "./registry.ts";
import { settings } from "./settings.ts";
import { mandateJob } from "./target.ts";

/** A call that is to happen later. */
export interface Deferral {
  readonly runnable: RunnableClass;
  readonly args: readonly unknown[];
  readonly options?: DeferOptions | undefined;
  /** For messages; asked for only when one is written. */
  readonly parameterNames?: () => readonly string[];
}

/**
 * Writes a call down as a record.
 *
 * @throws {SerializationError} if an argument cannot travel.
 */
export function makeRecord(
  deferral: Deferral,
  className: string,
  declarations: Declarations,
): JobRecord {
  const { runnable, args, options } = deferral;
  const { args: encoded, meta } = serializeArguments(args, {
    className,
    get parameterNames() {
      return deferral.parameterNames?.();
    },
  });
  const isCommand = typeof runnable.prototype.call === "function";
  const record: JobRecord = {
    class: isCommand ? mandateJob : className,
    args: isCommand ? [className, ...encoded] : encoded,
    queue: options?.queue ?? queueOf(declarations, args, className),
    jid: options?.jid ?? newJid(),
    retry: declarations.retry ?? true,
    created_at: timestamp(clock.now()),
  };
  if (meta !== undefined) {
    record.meta = meta;
  }
  const priority = options?.priority ?? priorityOf(declarations, args, className);
  if (priority !== undefined) {
    record.priority = priority;
  }
  if (options !== undefined) {
    addPrerequisites(record, options);
  }
  addJobOptions(record, declarations, options?.tags);
  return record;
}

function queueOf(declarations: Declarations, args: readonly unknown[], className: string): string {
  const { queue } = declarations;
  if (typeof queue === "function") {
    const name = queue(...args);
    checkName(name, `queueAs of ${className}`, "a queue");
    return name;
  }
  return queue ?? settings().defaultQueue;
}

function priorityOf(
  declarations: Declarations,
  args: readonly unknown[],
  className: string,
): number | undefined {
  const { priority } = declarations;
  if (typeof priority === "function") {
    const chosen = priority(...args);
    checkInteger(chosen, `queueWithPriority of ${className}`, Number.MIN_SAFE_INTEGER);
    return chosen;
  }
  return priority;
}

function addPrerequisites(record: JobRecord, options: DeferOptions): void {
  const { prereqJobs, prereqFailure } = options;
  if (prereqJobs !== undefined && prereqJobs.length > 0) {
    const jids = prereqJobs.map((job) => (typeof job === "string" ? job : job.id));
    record.prereq_jobs = [...new Set(jids)];
    if (prereqFailure === "bury") {
      record.prereq_failure = prereqFailure;
    }
  }
}

function addJobOptions(
  record: JobRecord,
  declarations: Declarations,
  ownTags: readonly string[] = [],
): void {
  const { backtrace, dead, retryFor, retryQueue, tags } = declarations.options;
  if (backtrace !== undefined && backtrace !== false) record.backtrace = backtrace;
  if (dead === false) record.dead = false;
  if (retryFor !== undefined) record.retry_for = Math.round(seconds(retryFor));
  if (retryQueue !== undefined) record.retry_queue = retryQueue;
  const allTags = [...(tags ?? []), ...ownTags];
  if (allTags.length > 0) record.tags = allTags;
}
