import { MandateError } from "../../support/errors.ts";
import { didYouMean, folded } from "../../support/nearest.ts";
import { isThenable } from "../../support/realms.ts";
import type { OtherWords } from "./other-words.ts";

/** An option that nobody reads: most likely a typing error. */
export class UnknownOptionError extends MandateError {
  static {
    this.named("UnknownOptionError");
  }

  readonly code = "MANDATE_UNKNOWN_OPTION";
  /** The option's name. */
  readonly option: string;

  /** @param others What others call them, to say what is meant. */
  constructor(option: string, where: string, known: readonly string[], others?: OtherWords) {
    super(
      `Cannot use option "${option}" in ${where}: there is no such option.` +
        `${hint(option, known, others)} There are: ${known.join(", ")}`,
    );
    this.option = option;
  }
}

function hint(option: string, known: readonly string[], others?: OtherWords): string {
  const ours = others?.get(folded(option));
  if (ours === undefined) {
    return didYouMean(option, known);
  }
  return known.includes(ours) ? ` Did you mean "${ours}"?` : ` ${ours}.`;
}

/**
 * @param others What others call them, to say what is meant.
 * @throws {UnknownOptionError} if an own key of `options` is not in `known`.
 * @throws {TypeError} if they are no object.
 */
export function checkOptionNames(
  options: object,
  known: readonly string[],
  where: string,
  others?: OtherWords,
): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError(`Cannot use ${describe(options)} as ${where}: give an object`);
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new UnknownOptionError(name, where, known, others);
    }
  }
}

/** Queue names as every Sidekiq page can show them. */
const shownNames = /^[\w:.-]+$/;

/**
 * @param shown What the message shows; a value that came from a job's arguments is not to be seen.
 */
export function checkName(
  name: unknown,
  where: string,
  what: string,
  shown: (name: unknown) => string = describe,
): asserts name is string {
  if (typeof name !== "string" || !shownNames.test(name)) {
    throw new TypeError(
      `Cannot use ${shown(name)} as ${what} in ${where}: ` +
        "give a name of letters, digits and the signs _ : . -",
    );
  }
}

/** @param shown As of `checkName`. */
export function checkInteger(
  value: unknown,
  where: string,
  least: number,
  shown: (value: unknown) => string = describe,
): void {
  if (!Number.isSafeInteger(value) || (value as number) < least) {
    const bound = least === Number.MIN_SAFE_INTEGER ? "" : ` of at least ${least}`;
    throw new RangeError(`Cannot use ${shown(value)} as ${where}: give an integer${bound}`);
  }
}

export function checkFunction(value: unknown, where: string, what = "a function"): void {
  if (typeof value !== "function") {
    throw new TypeError(`Cannot use ${describe(value)} in ${where}: give ${what}`);
  }
}

/** @param shown As of `checkName`. */
export function checkTags(
  tags: unknown,
  where: string,
  shown: (tags: unknown) => string = describe,
): void {
  const areTags = Array.isArray(tags) && tags.every((tag) => typeof tag === "string");
  if (tags !== undefined && !areTags) {
    throw new TypeError(`Cannot use ${shown(tags)} as tags in ${where}: give an array of strings`);
  }
}

export function describe(value: unknown): string {
  if (typeof value === "string") {
    return JSON.stringify(value);
  }
  return typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : describeType(value);
}

/** For values that may be secret. */
export function describeType(value: unknown): string {
  if (value == null) {
    return String(value);
  }
  if (isThenable(value)) {
    return "a promise";
  }
  if (Array.isArray(value)) {
    return "an array";
  }
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
