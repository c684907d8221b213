import type { JobRecord } from "../adapters/job-record.ts";
import { declarationsOf, type Declarations } from "./declarations.ts";
import { runnableNamed, type RunnableClass } from "./registry.ts";

/** The class on the wire of every deferred command; its first argument names the command. */
export const mandateJob = "MandateJob";

/** What a record asks to run. */
export interface Target {
  readonly runnable: RunnableClass;
  readonly declarations: Declarations;
  /** As they are on the wire, without a command's name. */
  readonly args: unknown[];
}

/**
 * Looks a record's class up in the registry, and nowhere else.
 *
 * @throws {UnknownCommandError} if nothing is registered under its name.
 */
export function targetOf(record: JobRecord): Target {
  const name = record.args[0];
  const isCommand = record.class === mandateJob && typeof name === "string";
  const runnable = isCommand
    ? runnableNamed(name, "command", record.jid)
    : runnableNamed(record.class, "job", record.jid);
  return {
    runnable,
    declarations: declarationsOf(runnable),
    args: isCommand ? record.args.slice(1) : record.args,
  };
}

/** Calls a command, or performs a job, with arguments that were found. */
export function invoke(runnable: RunnableClass, args: readonly unknown[]): unknown {
  const made = runnable as unknown as new (...args: readonly unknown[]) => {
    call(): unknown;
    perform(...args: readonly unknown[]): unknown;
  };
  return typeof runnable.prototype.call === "function"
    ? new made(...args).call()
    : new made().perform(...args);
}

/** The name operators and handles show: the command's, where the class only wraps one. */
export function displayName(record: JobRecord): string {
  const name = record.display_class ?? record.args[0];
  return record.class === mandateJob && typeof name === "string"
    ? name
    : (record.display_class ?? record.class);
}
