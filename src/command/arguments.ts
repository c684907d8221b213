import { deferOptionNames, type DeferOptions } from "../job/defer-options.ts";
import { checkOptionNames } from "../job/checks.ts";
import { settings } from "../job/settings.ts";
import {
  ArgumentCountError,
  checkCount,
  initializer,
  undeclared,
  type Initializer,
} from "./initialize-with.ts";
import { signatureOf } from "./signature.ts";

/** A command class as far as its arguments go. */
export interface WithInitializer {
  readonly name: string;
  readonly length: number;
  readonly [initializer]?: Initializer;
}

export interface Arguments {
  readonly args: readonly unknown[];
  readonly options: DeferOptions | undefined;
}

/**
 * Tells a command's own arguments from the options behind them: options stand past the declared
 * parameters, and only there.
 *
 * @throws {UnknownOptionError} if what stands there has a key that is no option.
 * @throws {ArgumentCountError} if it is no plain object, or more follows, or arguments are missing.
 */
export function splitOptions(command: WithInitializer, given: readonly unknown[]): Arguments {
  const declared = declaredCount(command, given);
  if (declared === undefined || given.length <= declared) {
    checkArguments(command, given);
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
  if (!isPlainObject(options)) {
    throw new ArgumentCountError(
      command.name,
      given.length,
      `it declares ${declared}, and what stands after them is no plain object of options`,
    );
  }
  checkOptionNames(options, deferOptionNames, `the options of ${command.name}`);
  return { args: given.slice(0, declared), options };
}

/** Refuses more or fewer arguments than are declared: behind `set` no options may follow. */
export function checkArguments(command: WithInitializer, args: readonly unknown[]): void {
  const initialize = command[initializer];
  if (initialize !== undefined) {
    checkCount(command, initialize, args.length);
  } else if (args.length > command.length) {
    throw undeclared(command.name, args.length);
  }
}

export function parameterNames(command: WithInitializer): readonly string[] {
  const initialize = command[initializer];
  return initialize === undefined ? [] : signatureOf(initialize).names;
}

/** Up to `length` parameters no source has to be read: there are at least that many. */
function declaredCount(command: WithInitializer, given: readonly unknown[]): number | undefined {
  const initialize = command[initializer];
  if (initialize === undefined) {
    return command.length;
  }
  const { length } = initialize;
  const isCertain =
    given.length < length || (given.length === length && !hasOptionNames(given.at(-1)));
  return isCertain ? length : signatureOf(initialize).count;
}

const warned = new WeakSet<object>();

/** An object that was meant as options, and is taken for an optional argument. */
function warnOfLookalike(command: WithInitializer, given: readonly unknown[]): void {
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
function isNeeded(command: WithInitializer, given: readonly unknown[]): boolean {
  const initialize = command[initializer];
  return initialize !== undefined && signatureOf(initialize).least >= given.length;
}

function hasOptionNames(value: unknown): boolean {
  if (!isPlainObject(value)) {
    return false;
  }
  const names = Object.keys(value);
  return names.length > 0 && names.every((name) => (deferOptionNames as string[]).includes(name));
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
