import {
  ArgumentCountError,
  checkArgumentCount,
  type Counted,
  initializer,
  type Initializer,
  parameterNames,
} from "../job/declare/argument-count.ts";
import { deferOptionNames } from "../job/defer/defer-options.ts";
import type { Deferral } from "../job/defer/make-record.ts";
import { settings } from "../job/settings/settings.ts";
import { isPlainObject } from "../support/realms.ts";
import { signatureOf } from "../support/signature.ts";

/**
 * What is to be deferred.
 *
 * @throws {ArgumentCountError} if there are more or fewer arguments than are declared.
 */
export function deferralOf(
  runnable: Counted,
  { args, options }: Pick<Deferral, "args" | "options">,
): Deferral {
  checkArgumentCount(runnable, args.length);
  return { runnable, args, options, parameterNames: () => parameterNames(runnable) };
}

/**
 * Tells a command's own arguments from the options behind them: options stand past the declared
 * parameters, and only there.
 *
 * @throws {ArgumentCountError} if what stands there is no plain object, or more follows.
 */
export function splitOptions(
  command: Counted,
  given: readonly unknown[],
): Pick<Deferral, "args" | "options"> {
  const initialize = command[initializer];
  if (initialize !== undefined && areArguments(initialize, given)) {
    return { args: given, options: undefined };
  }
  const declared = declaredCount(command);
  if (declared === undefined || given.length <= declared) {
    if (declared === undefined || given.length === declared) {
      warnOfLookalike(command, given);
    }
    return { args: given, options: undefined };
  }
  const options = given[declared];
  if (given.length > declared + 1) {
    throw new ArgumentCountError(
      command.name,
      given.length,
      `it declares ${declared}, and after them only options may stand`,
    );
  }
  if (!isObject(options)) {
    throw new ArgumentCountError(
      command.name,
      given.length,
      `it declares ${declared}, and what stands after them is no plain object of options`,
    );
  }
  return { args: given.slice(0, declared), options };
}

/** Up to `length` parameters no source has to be read: there are at least that many. */
function areArguments({ length }: Initializer, given: readonly unknown[]): boolean {
  return given.length < length || (given.length === length && !hasOptionNames(given.at(-1)));
}

function declaredCount(command: Counted): number | undefined {
  const initialize = command[initializer];
  return initialize === undefined ? command.length : signatureOf(initialize).count;
}

const warned = new WeakSet<object>();

/** An object that was meant as options, and is taken for an optional argument. */
function warnOfLookalike(command: Counted, given: readonly unknown[]): void {
  if (hasOptionNames(given.at(-1)) && !isNeeded(command, given) && !warned.has(command)) {
    warned.add(command);
    settings().logger.warn(
      { command: command.name },
      `The last argument of ${command.name} has nothing but names of options, and is taken as the argument ` +
        `it declares. If it was meant as options, write ${command.name}.set(options).defer(…)`,
    );
  }
}

/** Whether the last argument is one that could not have been left out. */
function isNeeded(command: Counted, given: readonly unknown[]): boolean {
  const initialize = command[initializer];
  return initialize !== undefined && signatureOf(initialize).least >= given.length;
}

function hasOptionNames(value: unknown): boolean {
  if (!isObject(value)) {
    return false;
  }
  const names = Object.keys(value);
  const options = deferOptionNames();
  return names.length > 0 && names.every((name) => options.includes(name));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && isPlainObject(value);
}
