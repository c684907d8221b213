import type { PrereqFailure } from "../adapters/adapter.ts";
import { timestamp, type JobRecord } from "../adapters/job-record.ts";
import { serializeArguments } from "../serialization/native-format.ts";
import { clock } from "../support/clock.ts";
import { seconds } from "../support/duration.ts";
import { newJid } from "../support/jid.ts";
import { checkInteger, checkName, describeType } from "./checks.ts";
import type { Declarations, JobOptions } from "./declarations.ts";
import type { DeferOptions } from "./defer-options.ts";
import type { JobHandle } from "./job-handle.ts";
import { isCommand, type RunnableClass } from "./registry.ts";
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
  const { args: encoded, meta } = serializeArguments(args, new Context(className, deferral));
  const calls = isCommand(runnable);
  const record: JobRecord = {
    class: calls ? mandateJob : className,
    args: calls ? [className, ...encoded] : encoded,
    queue: options?.queue ?? queueOf(declarations, args, className),
    jid: options?.jid ?? newJid(),
    retry: declarations.retry ?? true,
    created_at: timestamp(clock.now()),
  };
  if (meta !== undefined) {
    record.meta = { ...meta };
  }
  const priority = options?.priority ?? priorityOf(declarations, args, className);
  if (priority !== undefined) {
    record.priority = priority;
  }
  if (options?.prereqJobs !== undefined) {
    addPrerequisites(record, options.prereqJobs, options.prereqFailure);
  }
  addJobOptions(record, declarations.options, options?.tags);
  return record;
}

/** A getter of a class, because one in an object literal would cost each `defer` more than all the rest. */
class Context {
  readonly className: string;
  readonly #deferral: Deferral;

  constructor(className: string, deferral: Deferral) {
    this.className = className;
    this.#deferral = deferral;
  }

  get parameterNames(): readonly string[] | undefined {
    return this.#deferral.parameterNames?.();
  }
}

function queueOf(declarations: Declarations, args: readonly unknown[], className: string): string {
  const { queue } = declarations;
  if (typeof queue === "function") {
    const name = queue(...args);
    checkName(name, `queueAs of ${className}`, "a queue", describeType);
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

function addPrerequisites(
  record: JobRecord,
  prereqJobs: readonly (JobHandle | string)[],
  prereqFailure: PrereqFailure | undefined,
): void {
  if (prereqJobs.length > 0) {
    const jids = prereqJobs.map((job) => (typeof job === "string" ? job : job.id));
    record.prereq_jobs = [...new Set(jids)];
    if (prereqFailure === "bury") {
      record.prereq_failure = prereqFailure;
    }
  }
}

function addJobOptions(
  record: JobRecord,
  options: JobOptions,
  ownTags: readonly string[] = none,
): void {
  const { backtrace, dead, retryFor, retryQueue, tags = none } = options;
  if (backtrace !== undefined && backtrace !== false) record.backtrace = backtrace;
  if (dead === false) record.dead = false;
  if (retryFor !== undefined) record.retry_for = Math.round(seconds(retryFor));
  if (retryQueue !== undefined) record.retry_queue = retryQueue;
  if (tags.length + ownTags.length > 0) record.tags = [...tags, ...ownTags];
}

const none: readonly string[] = [];
