import { types } from "node:util";

/** What stands for a message that cannot be read. @see Sidekiq 8.0 `job_retry.rb` */
const UNREADABLE = "!!! ERROR MESSAGE THREW AN ERROR !!!";
/** Characters. Sidekiq keeps as many of a message. */
const LONGEST_TEXT = 10_000;
/** How much longer a text may be that was cut, so that it is not cut again. */
const MARGIN = 100;
const LONGEST_NAME = 500;
const LONGEST_STACK = 100_000;

/*
 * Whatever may be thrown: a proxy, revoked even; an object without a prototype; an error whose
 * getters throw, or one of another realm. How a job ends must not hang upon that, so nothing else
 * reads what was thrown.
 */

/**
 * What a record, a log and a metric call it: its `name`, else its class's, and the type of what is
 * no error. Never throws.
 */
export function thrownName(thrown: unknown): string {
  if (!isError(thrown)) {
    return typeof thrown;
  }
  // Most classes of errors set no name: theirs says more than "Error".
  const names = [readOr(undefined, () => thrown.name), readOr(undefined, () => classOf(thrown))];
  return wellFormed((names.find(saysMore) ?? "Error").slice(0, LONGEST_NAME));
}

/** The message of what was thrown, cut where it is very long; else its text. Never throws. */
export function thrownMessage(thrown: unknown): string {
  return readOr(UNREADABLE, () => {
    const message = typeof thrown === "object" && thrown !== null ? messageIn(thrown) : thrown;
    return cut(typeof message === "string" ? message : String(message));
  });
}

function messageIn(thrown: object): unknown {
  const { message } = thrown as { message?: unknown };
  return isError(thrown) || typeof message === "string" ? message : thrown;
}

/**
 * The stack of what was thrown, if there is one; very long ones without their middle: the frames
 * come last. Never throws.
 */
export function thrownStack(thrown: unknown): string | undefined {
  const stack = isError(thrown) ? readOr(undefined, (): unknown => thrown.stack) : undefined;
  return typeof stack === "string" ? cutInside(stack, LONGEST_STACK) : undefined;
}

/**
 * What it has by that name, its class's included; `undefined` where that cannot be read. Never
 * throws.
 */
export function thrownProperty(thrown: unknown, name: string): unknown {
  return typeof thrown === "object" && thrown !== null
    ? readOr(undefined, () => (thrown as Readonly<Record<string, unknown>>)[name])
    : undefined;
}

/** What caused it; `undefined` where that cannot be read. Never throws. */
export function thrownCause(thrown: unknown): unknown {
  return thrownProperty(thrown, "cause");
}

/** The errors that an `AggregateError` stands for; none of any other. Never throws. */
export function thrownErrors(thrown: unknown): readonly unknown[] {
  // By its name, too: the package aggregate-error has a class of its own.
  if (!isThrown(thrown, AggregateError) && thrownName(thrown) !== "AggregateError") {
    return [];
  }
  const errors = thrownProperty(thrown, "errors");
  return readOr([], () => (Array.isArray(errors) ? ([...errors] as unknown[]) : []));
}

/** Whether it is an error, of whatever realm. Never throws. */
export function isError(thrown: unknown): thrown is Error {
  return types.isNativeError(thrown) || readOr(false, () => thrown instanceof Error);
}

/**
 * As `instanceof`; and a built-in error of another realm is one of this realm's class, too. Never
 * throws.
 */
export function isThrown<Thrown>(
  thrown: unknown,
  errorClass: abstract new (...args: never) => Thrown,
): thrown is Thrown {
  return readOr(false, () => thrown instanceof errorClass || isSameBuiltIn(thrown, errorClass));
}

function isSameBuiltIn(thrown: unknown, errorClass: unknown): boolean {
  const name = types.isNativeError(thrown) ? builtInName(errorClass) : undefined;
  if (name === undefined) {
    return false;
  }
  let prototype: unknown = Object.getPrototypeOf(thrown);
  while (prototype !== null) {
    if (builtInName((prototype as object).constructor) === name) {
      return true;
    }
    prototype = Object.getPrototypeOf(prototype);
  }
  return false;
}

function builtInName(errorClass: unknown): string | undefined {
  const source = Function.prototype.toString.call(errorClass);
  return /^function (\w*Error)\(\) \{ \[native code\] \}$/.exec(source)?.[1];
}

/** Whether it is marked as one of ours, by whichever copy of this library. Never throws. */
export function isMarked(thrown: unknown, mark: string): boolean {
  return (
    typeof thrown === "object" &&
    thrown !== null &&
    readOr(false, () => (thrown as Record<string, unknown>)[mark] === true)
  );
}

/**
 * What can be said of it in plain text, for those who would read it in ways of their own. Never
 * throws.
 */
export function shownThrown(thrown: unknown): {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
} {
  const stack = thrownStack(thrown);
  const shown = { name: thrownName(thrown), message: thrownMessage(thrown) };
  return stack === undefined ? shown : { ...shown, stack };
}

/** What a function reads that may run into anything; `otherwise`, if that throws. */
export function readOr<Value, Other>(otherwise: Other, read: () => Value): Value | Other {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

/** The beginning of a very long text, saying so. */
export function cut(text: string): string {
  return isLong(text, LONGEST_TEXT) ? `${text.slice(0, LONGEST_TEXT)}${cutMark(text)}` : text;
}

/** A very long text without its middle, saying so. */
export function cutInside(text: string, longest: number = LONGEST_TEXT): string {
  const half = longest / 2;
  return isLong(text, longest)
    ? `${text.slice(0, half)}${cutMark(text)}\n${text.slice(-half)}`
    : text;
}

/** Without the lone surrogates that Ruby's parser refuses. */
export function wellFormed(text: string): string {
  return text.replace(
    /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g,
    "\uFFFD",
  );
}

function isLong({ length }: string, longest: number): boolean {
  return length > longest + MARGIN;
}

function cutMark({ length }: string): string {
  return `… (cut: there are ${length} characters)`;
}

function classOf(error: Error): unknown {
  const { constructor } = error as { constructor?: { name?: unknown } };
  return constructor?.name;
}

function saysMore(name: unknown): name is string {
  return typeof name === "string" && name !== "" && name !== "Error";
}
