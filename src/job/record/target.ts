import type { JobRecord } from "../../adapters/job-record.ts";
import { activeJobIn, commandArguments, mandateJob } from "./active-job.ts";
import { checkArgumentCount } from "../declare/argument-count.ts";
import { declarationsOf, type Declarations } from "../declare/declarations.ts";
import { isFitting } from "../declare/declaration-signature.ts";
import { OtherDeclarationError } from "./other-declaration.ts";
import { checkFields } from "./hidden-arguments.ts";
import { isCommand, knownNamed, type RunnableClass } from "../declare/registry.ts";
import { UnstableNameError } from "../declare/unstable-name.ts";

/** What a record asks to run. */
export interface Target {
  readonly runnable: RunnableClass;
  readonly declarations: Declarations;
}

/**
 * Looks a record's class up in the registry, and nowhere else.
 *
 * @param cameFromAfar Another process may have deferred it, so its name must be one that outlives a
 *   build.
 * @throws {UnknownCommandError} if nothing is registered under its name.
 * @throws {UnstableNameError} if the class that is may be another one than its name meant.
 * @throws {OtherDeclarationError} if it is another one.
 */
export function targetOf(record: JobRecord, cameFromAfar = false): Target {
  const command = commandNameOf(record);
  const name = command ?? jobClassOf(record);
  const kind = command === undefined ? "job" : "command";
  const { runnable, identity } = knownNamed(name, kind, record.jid);
  // By an earlier name it is the class's own, whatever became of that since.
  if (identity.name === name) {
    if (cameFromAfar && identity.isUnstable) {
      throw new UnstableNameError(name, record.jid);
    }
    if (record.sig !== undefined && !isFitting(record.sig, identity.signature)) {
      throw new OtherDeclarationError(name, record.jid, runnable["mandate.propertyNames"] ?? []);
    }
  }
  return { runnable, declarations: declarationsOf(runnable) };
}

/** The name of the command that a record asks for; `undefined` if it asks for a `Job`. */
export function commandNameOf(record: JobRecord): string | undefined {
  if (record.class === mandateJob) {
    return textOrNothing(record.args[0]);
  }
  const activeJob = activeJobIn(record);
  return activeJob?.job_class === mandateJob ? textOrNothing(activeJob.arguments[0]) : undefined;
}

/** A record's arguments as they are on the wire, without a command's name. */
export function wireArguments(record: JobRecord): unknown[] {
  const isOfCommand = commandNameOf(record) !== undefined;
  const { arguments: args } = activeJobIn(record) ?? {};
  if (args !== undefined) {
    return isOfCommand ? commandArguments(args) : [...args];
  }
  return isOfCommand ? record.args.slice(1) : record.args;
}

/** The class that is to run: of an Active Job not what wraps it. */
export function jobClassOf(record: JobRecord): string {
  return activeJobIn(record)?.job_class ?? record.class;
}

function textOrNothing(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The name operators and handles show: the command's, where the class only wraps one. */
export function displayName(record: JobRecord): string {
  const { display_class: shown } = record;
  return typeof shown === "string" ? shown : (commandNameOf(record) ?? jobClassOf(record));
}

/**
 * Calls a command, or performs a job, with arguments that were found.
 *
 * @param holder Gets what is made, for those who are told how it ended.
 */
export function invoke(
  runnable: RunnableClass,
  args: readonly unknown[],
  holder: { command: object | undefined },
): unknown {
  if (isCommand(runnable)) {
    const command = makeCommand(runnable, args);
    holder.command = command;
    return command.call();
  }
  const job = makeJob(runnable);
  holder.command = job;
  return perform(runnable, job, args);
}

/** The first half of `invoke`, where somebody wants to see in between what is made. */
export function make(runnable: RunnableClass, args: readonly unknown[]): object {
  return isCommand(runnable) ? makeCommand(runnable, args) : makeJob(runnable);
}

/** The second half. */
export function start(runnable: RunnableClass, made: object, args: readonly unknown[]): unknown {
  return isCommand(runnable)
    ? (made as RunnableCommand).call()
    : perform(runnable, made as RunnableJob, args);
}

interface RunnableCommand {
  call(): unknown;
}

interface RunnableJob {
  perform(...args: readonly unknown[]): unknown;
}

function makeCommand(runnable: RunnableClass, args: readonly unknown[]): RunnableCommand {
  const commandClass = runnable as unknown as new (...args: readonly unknown[]) => RunnableCommand;
  const command = new commandClass(...args);
  checkFields(command);
  return command;
}

function makeJob(runnable: RunnableClass): RunnableJob {
  return new (runnable as unknown as new () => RunnableJob)();
}

/**
 * Those that are too many are left aside, as ever: Ruby, or an earlier deploy, may have written
 * more.
 */
function perform(runnable: RunnableClass, job: RunnableJob, args: readonly unknown[]): unknown {
  if (args.length < job.perform.length) checkArgumentCount(runnable, args.length);
  return job.perform(...args);
}
