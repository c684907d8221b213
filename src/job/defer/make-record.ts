import type { PrereqFailure } from "../../adapters/adapter.ts";
import type { Hold } from "../../adapters/hold.ts";
import { timestamp, type JobRecord, type TimeUnit } from "../../adapters/job-record.ts";
import { serializeForRuby } from "../../serialization/activejob-format.ts";
import { serializeArguments } from "../../serialization/native-format.ts";
import type { RowPlace } from "../../serialization/rows.ts";
import { clock } from "../../support/clock.ts";
import { seconds } from "../../support/duration.ts";
import { ConfigurationError } from "../../support/errors.ts";
import { newJid } from "../../support/jid.ts";
import { mandateJob, withPrereqs, wrapped, type RubyPrereq } from "../record/active-job.ts";
import { checkInteger, checkName, describeType } from "../checks/checks.ts";
import type { Declarations } from "../declare/declarations.ts";
import { encryptionTrait } from "../declare/encryption.ts";
import type { Making } from "../declare/hooks.ts";
import { jobOptionsTrait, type JobOptions } from "../declare/job-options.ts";
import { priorityTrait, queueTrait } from "../declare/placement.ts";
import { retryTrait } from "../declare/retries.ts";
import type { DeferralOptions } from "./defer-options.ts";
import type { Identity } from "../declare/identity.ts";
import { jidOf, knownQueueOf, type PrereqJob } from "./prereq-job.ts";
import { NewRecord } from "../record/new-record.ts";
import { encryptRecord } from "../record/encrypt-record.ts";
import { addContext } from "../record/recorded-context.ts";
import { isCommand, type RunnableClass } from "../declare/registry.ts";
import { settings } from "../settings/settings.ts";
import { unclaimedRow } from "./unclaimed-row.ts";
import { isForRuby } from "../record/wire-format.ts";

/** A call that is to happen later. */
export interface Deferral {
  readonly runnable: RunnableClass;
  readonly args: readonly unknown[];
  readonly options?: DeferralOptions | undefined;
  /** For messages; asked for only when one is written. */
  readonly parameterNames?: () => readonly string[];
}

interface RecordSettings {
  readonly declarations: Declarations;
  readonly due: number | undefined;
  /** The store's. */
  readonly timestamps: TimeUnit | undefined;
}

/**
 * Writes a call down as a record.
 *
 * @throws {SerializationError} if an argument cannot travel.
 */
export function makeRecord(
  deferral: Deferral,
  { name: className, signature }: Identity,
  { declarations, due, timestamps }: RecordSettings,
): JobRecord {
  const { runnable, args, options } = deferral;
  const queue = options?.queue ?? queueOf(declarations, args, className);
  const priority = options?.priority ?? priorityOf(declarations, args, className);
  const writing = new Writing(className, deferral);
  const now = clock.now();
  const isRuby = isForRuby(declarations, queue);
  const native = isRuby ? undefined : serializeArguments(args, writing);
  const calls = isCommand(runnable);
  const name = calls ? mandateJob : className;
  const call =
    native === undefined
      ? wrapped(name, rubyArguments(deferral, writing), { queue, priority, at: due, now })
      : { class: name, args: argumentsOf(native.args, calls ? className : undefined) };
  const record = new NewRecord({
    class: call.class,
    args: call.args,
    queue,
    jid: options?.jid ?? newJid(),
    retry: retryTrait.of(declarations) ?? true,
    created_at: timestamp(now, timestamps),
    sig: isRuby ? undefined : signature,
  });
  if (isRuby) {
    record.wrapped = name;
  }
  const meta = native?.meta;
  if (meta !== undefined) {
    record.meta = { ...meta };
  }
  if (priority !== undefined) {
    record.priority = priority;
  }
  if (options?.prereqJobs !== undefined) {
    addPrerequisites(record, options.prereqJobs, options.prereqFailure);
  }
  if (options?.profile !== undefined) {
    record.profile = options.profile;
  }
  addJobOptions(record, jobOptionsTrait.of(declarations));
  if (settings().contextAttributes.length > 0) {
    addContext(record);
  }
  return record;
}

/**
 * A copy, behind the name of the command. Not by a literal: those of a thousand jobs that are
 * enqueued together outlive a collection, and V8 takes to make what comes from such a literal in
 * old memory, where it keeps others alive. That costs each of them half as much again.
 */
function argumentsOf(args: readonly unknown[], command: string | undefined): unknown[] {
  return command === undefined ? args.slice() : ([command] as unknown[]).concat(args);
}

/**
 * Has the hooks of a class see to a job that is made; then its arguments are encrypted, if they are
 * to be.
 *
 * @returns what it must hold, if anything.
 * @throws {ConfigurationError} if its store cannot have it hold anything.
 */
export function holdsOf(
  { className, args, due, record }: Omit<Making, "holds">,
  declarations: Declarations,
): readonly Hold[] | undefined {
  const { onMake } = declarations.hooks;
  let holds: Hold[] | undefined;
  if (onMake !== undefined) {
    holds = [];
    onMake({ className, args, due, record, holds });
    if (holds.length > 0) checkHolding(className);
  }
  if (encryptionTrait.of(declarations)) {
    encryptRecord(record, holds);
  }
  return holds?.length === 0 ? undefined : holds;
}

function checkHolding(className: string): void {
  const { adapter } = settings();
  if (!adapter.capabilities.holds) {
    throw new ConfigurationError(
      `Cannot defer ${className}: it has to hold a key, and the adapter "${adapter.name}" keeps none. ` +
        "Use one that does, or declare neither unique nor limits",
    );
  }
}

function rubyArguments({ runnable, args, options }: Deferral, writing: Writing): unknown[] {
  const encoded = serializeForRuby(args, writing);
  return isCommand(runnable)
    ? withPrereqs([writing.className, ...encoded], rubyPrereqs(options))
    : encoded;
}

/** Of those whose queue is known: Ruby looks for a job where it is. */
function rubyPrereqs(options: DeferralOptions | undefined): readonly RubyPrereq[] {
  const jobs = options?.prereqJobs ?? [];
  return jobs.flatMap((job) => {
    const queue = knownQueueOf(job);
    return queue === undefined ? [] : [{ jid: jidOf(job), queue }];
  });
}

/**
 * A getter of a class, because one in an object literal would cost each `defer` more than all the
 * rest.
 */
class Writing {
  readonly className: string;
  readonly #deferral: Deferral;

  constructor(className: string, deferral: Deferral) {
    this.className = className;
    this.#deferral = deferral;
  }

  get parameterNames(): readonly string[] | undefined {
    return this.#deferral.parameterNames?.();
  }

  get onRow(): ((place: RowPlace) => void) | undefined {
    return settings().rows === "allow" ? undefined : (place) => unclaimedRow(place, this);
  }

  get runnable(): RunnableClass {
    return this.#deferral.runnable;
  }
}

function queueOf(declarations: Declarations, args: readonly unknown[], className: string): string {
  const queue = queueTrait.of(declarations);
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
  const priority = priorityTrait.of(declarations);
  if (typeof priority === "function") {
    const chosen = priority(...args);
    const where = `queueWithPriority of ${className}`;
    checkInteger(chosen, where, Number.MIN_SAFE_INTEGER, shownPriority);
    return chosen;
  }
  return priority;
}

/** A text may have come from an argument. */
function shownPriority(chosen: unknown): string {
  return typeof chosen === "number" ? String(chosen) : describeType(chosen);
}

function addPrerequisites(
  record: JobRecord,
  prereqJobs: readonly PrereqJob[],
  prereqFailure: PrereqFailure | undefined,
): void {
  if (prereqJobs.length > 0) {
    record.prereq_jobs = [...new Set(prereqJobs.map(jidOf))];
    if (prereqFailure !== undefined && prereqFailure !== "release") {
      record.prereq_failure = prereqFailure;
    }
  }
}

function addJobOptions(record: JobRecord, options: JobOptions): void {
  const { backtrace, dead, retryFor, retryQueue } = options;
  if (backtrace !== undefined && backtrace !== false) record.backtrace = backtrace;
  if (dead === false) record.dead = false;
  if (retryFor !== undefined) record.retry_for = Math.round(seconds(retryFor));
  if (retryQueue !== undefined) record.retry_queue = retryQueue;
}
