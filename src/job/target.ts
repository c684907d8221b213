import type { JobRecord } from "../adapters/job-record.ts";
import { declarationsOf, type Declarations } from "./declarations.ts";
import { isCommand, runnableNamed, type RunnableClass } from "./registry.ts";

/** The class on the wire of every deferred command; its first argument names the command. */
export const mandateJob = "MandateJob";

/** What a record asks to run. */
export interface Target {
  readonly runnable: RunnableClass;
  readonly declarations: Declarations;
}

/**
 * Looks a record's class up in the registry, and nowhere else.
 *
 * @throws {UnknownCommandError} if nothing is registered under its name.
 */
export function targetOf(record: JobRecord): Target {
  const name = commandNameOf(record);
  const runnable =
    name === undefined
      ? runnableNamed(record.class, "job", record.jid)
      : runnableNamed(name, "command", record.jid);
  return { runnable, declarations: declarationsOf(runnable) };
}

/** The name of the command that a record asks for; `undefined` if it asks for a `Job`. */
export function commandNameOf(record: JobRecord): string | undefined {
  const name = record.args[0];
  return record.class === mandateJob && typeof name === "string" ? name : undefined;
}

/** A record's arguments as they are on the wire, without a command's name. */
export function wireArguments(record: JobRecord): unknown[] {
  return commandNameOf(record) === undefined ? record.args : record.args.slice(1);
}

/** The name operators and handles show: the command's, where the class only wraps one. */
export function displayName(record: JobRecord): string {
  const { display_class: shown } = record;
  return typeof shown === "string" ? shown : (commandNameOf(record) ?? record.class);
}

/** Calls a command, or performs a job, with arguments that were found. */
export function invoke(runnable: RunnableClass, args: readonly unknown[]): unknown {
  const made = runnable as unknown as new (...args: readonly unknown[]) => {
    call(): unknown;
    perform(...args: readonly unknown[]): unknown;
  };
  return isCommand(runnable) ? new made(...args).call() : new made().perform(...args);
}
