import { deferOptionNames, type DeferOptions } from "../job/defer-options.ts";
import { checkOptionNames } from "../job/checks.ts";
import { settings } from "../job/settings.ts";
import { ArgumentCountError, initializer, type Initializer } from "./initialize-with.ts";
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
 * @throws {ArgumentCountError} if it is no plain object, or more follows.
 */
export function splitOptions(command: WithInitializer, given: readonly unknown[]): Arguments {
  const initialize = command[initializer];
  const declared = initialize === undefined ? command.length : declaredCount(initialize, given);
  if (declared === undefined || given.length <= declared) {
    if (given.length === declared && given.length > 0) {
      warnOfLookalike(command, given[given.length - 1]);
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
  if (options === undefined) {
    return { args: given.slice(0, declared), options: undefined };
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

/** Refuses what `defer` would take for options: behind `set` there are arguments only. */
export function checkArguments(command: WithInitializer, given: readonly unknown[]): void {
  const initialize = command[initializer];
  const declared = initialize === undefined ? command.length : declaredCount(initialize, given);
  if (declared !== undefined && given.length > declared) {
    throw new ArgumentCountError(command.name, given.length, `it declares ${declared}`);
  }
}

export function parameterNames(command: WithInitializer): readonly string[] {
  const initialize = command[initializer];
  return initialize === undefined ? [] : signatureOf(initialize).names;
}

/** Up to `length` parameters no source has to be read: there are at least that many. */
function declaredCount(initialize: Initializer, given: readonly unknown[]): number | undefined {
  const { length } = initialize;
  const isCertain =
    given.length < length || (given.length === length && !hasOptionNames(given.at(-1)));
  return isCertain ? length : signatureOf(initialize).count;
}

const warned = new WeakSet<object>();

function warnOfLookalike(command: WithInitializer, last: unknown): void {
  if (hasOptionNames(last) && !warned.has(command)) {
    warned.add(command);
    settings().logger.warn(
      { command: command.name },
      `The last argument of ${command.name} has nothing but names of options, and is taken as the argument ` +
        `it declares. If it was meant as options, write ${command.name}.set(options).defer(…)`,
    );
  }
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
