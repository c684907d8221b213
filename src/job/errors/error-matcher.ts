import { types } from "node:util";
import { leaveAlone } from "../../support/leave-alone.ts";
import { isPlainObject, isThenable } from "../../support/realms.ts";
import { isThrown } from "../../support/thrown.ts";
import { checkFunction } from "../checks/checks.ts";
import { errorKinds, patternsOf } from "./error-kinds.ts";
import { patternText, readPattern, type ErrorPattern } from "./error-pattern.ts";

/** A class of errors, as `instanceof` takes it. */
export type ErrorClass<Thrown = unknown> = abstract new (...args: never) => Thrown;

/** Whether a rule is for an error: asked of what was thrown, then of what caused that. */
export type ErrorPredicate = (error: unknown) => boolean;

/**
 * What a rule is for: a class of errors, a pattern of their properties, or a predicate, such as one
 * of `errorKinds`.
 */
export type ErrorMatcher = ErrorClass | ErrorPattern | ErrorPredicate;

/** What `retryOn`, `discardOn` and `rescueFrom` take for errors; of anything else, what to give. */
export type RuleErrors<Given> = Given extends ErrorMatcher | readonly ErrorMatcher[]
  ? Given
  : "give an error class, a pattern of properties, a predicate (error: unknown) => boolean, or an array of these";

/** What functions without parameter types are taken for, alone and in arrays. */
export type UntypedErrors = ErrorPredicate | readonly ErrorMatcher[];

/** What a handler gets: an instance of the class, what a type predicate says, else `unknown`. */
export type MatchedBy<Given> = Given extends readonly (infer Each)[]
  ? MatchedBy<Each>
  : Given extends ErrorClass<infer Thrown>
    ? Thrown
    : Given extends (error: unknown) => error is infer Thrown
      ? Thrown
      : unknown;

/** A matcher as a rule keeps it. */
export interface ReadMatcher {
  /**
   * What it is called, in records too: there it stands for the rule, so it is the same in each
   * process.
   */
  readonly text: string;
  /** Where it is a class. */
  readonly errorClass?: ErrorClass;
  /** Whether it is for this error, whatever that was caused by. Throws what a predicate throws. */
  readonly matches: (error: unknown) => boolean;
}

/** What a predicate is called that has no name. */
export const ANONYMOUS = "predicate";

const MATCHERS =
  'an error class, a pattern such as { code: "40P01" }, a predicate, or an array of these';

/**
 * Reads what `retryOn`, `discardOn` and `rescueFrom` are given.
 *
 * @throws {TypeError} if it is nothing that they take, or may as well be a class as a predicate.
 */
export function readMatchers(errors: unknown, where: string): readonly ReadMatcher[] {
  const given: readonly unknown[] = Array.isArray(errors) ? errors : [errors];
  if (given.length === 0) {
    throw new TypeError(`Cannot use an empty array in ${where}: give ${MATCHERS}`);
  }
  return given.map((matcher) => readMatcher(matcher, where));
}

function readMatcher(matcher: unknown, where: string): ReadMatcher {
  if (typeof matcher === "object" && matcher !== null && isPlainObject(matcher)) {
    const pattern = matcher as ErrorPattern;
    return { text: patternText(pattern), matches: readPattern(pattern, where) };
  }
  checkFunction(matcher, where, MATCHERS);
  if (matcher === errorKinds.httpStatus) {
    throw new TypeError(
      `Cannot use errorKinds.httpStatus in ${where} without a status: call it, as in errorKinds.httpStatus(429)`,
    );
  }
  const { name } = matcher as ErrorPredicate;
  const matches = patternsOf(matcher as ErrorPredicate);
  if (matches !== undefined) {
    return { text: name, matches };
  }
  return isClass(matcher as ErrorPredicate, where)
    ? ofClass(matcher as ErrorClass)
    : ofPredicate(matcher as ErrorPredicate);
}

function ofClass(errorClass: ErrorClass): ReadMatcher {
  return {
    text: errorClass.name,
    errorClass,
    matches: (error) => isThrown(error, errorClass),
  };
}

function ofPredicate(predicate: ErrorPredicate): ReadMatcher {
  return {
    text: predicate.name || ANONYMOUS,
    matches(error) {
      const answer: unknown = predicate(error);
      if (isThenable(answer)) {
        leaveAlone(answer);
        throw new TypeError(
          "Cannot use what a predicate returned, which is a promise and not waited for: return a boolean",
        );
      }
      return Boolean(answer);
    },
  };
}

/**
 * Whether a function is a class, and no predicate: one of ES2015, or one of older JavaScript, by
 * what its prototype has.
 *
 * @throws {TypeError} if that cannot be told, or if it is neither.
 */
function isClass(given: ErrorPredicate, where: string): boolean {
  if (types.isAsyncFunction(given) || types.isGeneratorFunction(given)) {
    throw new TypeError(
      `Cannot use an async function or a generator as a predicate in ${where}: ` +
        "it is not waited for. Give a function that returns a boolean",
    );
  }
  const { prototype, name } = given as { prototype?: unknown; name: string };
  const isNamedLikeClass = /^(bound )?[A-Z]/.test(name);
  if (typeof prototype === "object" && prototype !== null) {
    if (/^class\b/.test(Function.prototype.toString.call(given)) || hasAnything(prototype)) {
      return true;
    }
  } else if (!name.startsWith("bound ")) {
    // An arrow function, or a method: nothing can be made by it.
    return false;
  }
  if (isNamedLikeClass) {
    throw new TypeError(
      `Cannot tell whether ${name} in ${where} is an error class or a predicate: ` +
        "have the class extend Error, or write the predicate as (error) => …",
    );
  }
  return false;
}

/** Whether a function's prototype has more than the one it was born with: a parent, or methods. */
function hasAnything(prototype: object): boolean {
  const parent = Object.getPrototypeOf(prototype) as object | null;
  const isObject = parent !== null && Object.getPrototypeOf(parent) === null;
  return !isObject || Reflect.ownKeys(prototype).some((key) => key !== "constructor");
}
