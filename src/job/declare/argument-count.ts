import { MandateError } from "../../support/errors.ts";
import { neededArguments } from "../../support/needed-arguments.ts";
import { signatureOf } from "../../support/signature.ts";
import { isCommand, type RunnableClass } from "./registry.ts";

/**
 * A command or job was called, or deferred, with more arguments than it declares; or with fewer,
 * where one that is missing is certain to be taken apart or read. Others may be optional: `b?: B`
 * leaves no trace at run time.
 */
export class ArgumentCountError extends MandateError {
  static {
    this.named("ArgumentCountError");
  }

  readonly code = "MANDATE_ARGUMENT_COUNT";
  /** How many there were. */
  readonly given: number;

  constructor(className: string, given: number, reason: string) {
    super(`Cannot use ${given} argument${given === 1 ? "" : "s"} for ${className}: ${reason}`);
    this.given = given;
  }
}

/** For a command that has no `initializeWith`. */
export function undeclared(className: string, given: number): ArgumentCountError {
  return new ArgumentCountError(
    className,
    given,
    "it declares none. Declare them by initializeWith",
  );
}

/** The function a command's arguments are declared by. */
export type Initializer = (...args: never) => object;

/** Where a class that came from `initializeWith` keeps its function. Inherited. */
export const initializer: unique symbol = Symbol.for("mandate.initializer") as never;

/** A class as far as its arguments go. */
export interface Counted extends RunnableClass {
  readonly name: string;
  readonly length: number;
  readonly [initializer]?: Initializer;
  readonly prototype: {
    readonly call?: () => unknown;
    readonly perform?: (...args: never) => unknown;
  };
}

/**
 * Before a call is written down or performed.
 *
 * @throws {ArgumentCountError} if there are too many, or surely too few.
 */
export function checkArgumentCount(runnable: Counted, given: number): void {
  const declaring = declaringFunction(runnable);
  // So many parameters there are for certain, and no source has to be read.
  if (declaring?.length === given) return;
  if (declaring !== undefined) {
    checkCount(runnable, declaring, given);
  } else if (isCommand(runnable) && given > runnable.length) {
    throw undeclared(runnable.name, given);
  }
}

/** What its parameters are called, as far as that is known. */
export function parameterNames(runnable: Counted): readonly string[] {
  const declaring = declaringFunction(runnable);
  return declaring === undefined ? [] : signatureOf(declaring).names;
}

/** How many arguments it takes without those that have defaults, and what all are called. */
export function expectedArguments(runnable: Counted): {
  readonly count: number;
  readonly names: readonly string[];
} {
  return {
    count: declaringFunction(runnable)?.length ?? 0,
    names: parameterNames(runnable),
  };
}

function declaringFunction(runnable: Counted): ((...args: never) => unknown) | undefined {
  return runnable[initializer] ?? runnable.prototype.perform;
}

/**
 * TypeScript's `b?: B` leaves no trace at run time: an argument that is missing is refused only
 * where it is certain that one is needed.
 *
 * @throws {ArgumentCountError} if there are too many, or surely too few.
 */
export function checkCount(
  runnable: Counted,
  declaring: (...args: never) => unknown,
  given: number,
): void {
  const { count, least, names } = signatureOf(declaring);
  const what = isCommand(runnable) ? "initializeWith" : "perform";
  if (count !== undefined && given > count) {
    const declared = count === 0 ? "none" : count === 1 ? "1" : `up to ${count}`;
    throw new ArgumentCountError(runnable.name, given, `its ${what} declares ${declared}`);
  }
  if (given < least) {
    throw new ArgumentCountError(
      runnable.name,
      given,
      `its ${what} takes argument ${least} apart, which needs at least ${least}`,
    );
  }
  const missing = neededBy(runnable, declaring).filter((index) => index >= given);
  const last = missing.at(-1);
  if (last !== undefined) {
    const read = missing.map((index) => `argument ${index + 1} (${names[index]})`).join(" and ");
    throw new ArgumentCountError(
      runnable.name,
      given,
      `it reads ${read}, which needs at least ${last + 1}. Pass it, or give the parameter a default`,
    );
  }
}

const known = new WeakMap<Counted, readonly number[]>();

/** Found once for each class: optional arguments may be left out often. */
function neededBy(runnable: Counted, declaring: (...args: never) => unknown): readonly number[] {
  let needed = known.get(runnable);
  if (needed === undefined) {
    const method = isCommand(runnable) ? runnable.prototype.call : undefined;
    needed = neededArguments(declaring, { method, classes: classesOf(runnable) });
    known.set(runnable, needed);
  }
  return needed;
}

/** Down from the one that initializeWith made. */
function classesOf(runnable: Counted): readonly object[] {
  const classes: object[] = [];
  let type: object | null = runnable;
  while (type !== null && !Object.hasOwn(type, initializer)) {
    classes.push(type);
    type = Object.getPrototypeOf(type) as object | null;
  }
  return classes;
}
