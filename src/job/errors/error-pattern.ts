import { types } from "node:util";
import { isPlainObject } from "../../support/realms.ts";
import { thrownMessage, thrownName, thrownProperty } from "../../support/thrown.ts";
import { describe } from "../checks/checks.ts";

/**
 * Properties that an error has, all of them: of each the value, a regular expression for its text,
 * a pattern for what it is of itself, or an array of these, of which one will do. `name` is what
 * logs and records call the error, and `message` is there of anything that is thrown.
 */
export interface ErrorPattern {
  readonly [property: string]: PatternValue | readonly PatternValue[];
}

/** What a property of an error is compared with. */
export type PatternValue = string | number | boolean | RegExp | ErrorPattern;

type Test = (value: unknown) => boolean;

const VALUES =
  "a string, a number, a boolean, a regular expression, a pattern or an array of these";
/** Characters that a regular expression looks at. */
const LONGEST_TEXT = 10_000;

/**
 * What tells whether an error is like a pattern. It never throws.
 *
 * @throws {TypeError} if the pattern is empty, or has a value that nothing can be compared with.
 */
export function readPattern(pattern: ErrorPattern, where: string): Test {
  const tests = testsOf(pattern, where);
  return (error) =>
    tests.every(([property, test]) => valuesOf(error, property).some((value) => test(value)));
}

/** A pattern as it is written. */
export function patternText(value: ErrorPattern[string]): string {
  if (Array.isArray(value)) {
    return `[${value.map(patternText).join(", ")}]`;
  }
  if (typeof value !== "object" || types.isRegExp(value)) {
    return typeof value === "string" ? JSON.stringify(value) : String(value);
  }
  const properties = Object.entries(value).map(([name, each]) => `${name}: ${patternText(each)}`);
  return `{ ${properties.join(", ")} }`;
}

/**
 * What an error has by that name. Most classes set no `name`: then it is the class's, or what was
 * set.
 */
function valuesOf(error: unknown, property: string): readonly unknown[] {
  switch (property) {
    case "name":
      return [thrownName(error), thrownProperty(error, property)];
    case "message":
      return [thrownMessage(error)];
    default:
      return [thrownProperty(error, property)];
  }
}

function testsOf(pattern: ErrorPattern, where: string): readonly (readonly [string, Test])[] {
  const entries = Object.entries(pattern);
  if (entries.length === 0) {
    throw new TypeError(
      `Cannot use an empty pattern in ${where}, which would be for every error: ` +
        'name a property, such as { code: "40P01" }, or give the class Error',
    );
  }
  return entries.map(([property, value]) => [property, testOf(value, `${property} of ${where}`)]);
}

function testOf(expected: unknown, where: string): Test {
  if (Array.isArray(expected) && expected.length > 0) {
    const tests = expected.map((each) => testOf(each, where));
    return (value) => tests.some((test) => test(value));
  }
  if (types.isRegExp(expected)) {
    return (value) => isText(value) && String(value).slice(0, LONGEST_TEXT).search(expected) >= 0;
  }
  if (isText(expected) || typeof expected === "boolean") {
    return (value) => value === expected;
  }
  if (typeof expected === "object" && expected !== null && isPlainObject(expected)) {
    const tests = testsOf(expected as ErrorPattern, where);
    return (value) => tests.every(([property, test]) => test(thrownProperty(value, property)));
  }
  throw new TypeError(`Cannot use ${found(expected)} as ${where}: give ${VALUES}`);
}

function isText(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}

function found(value: unknown): string {
  return Array.isArray(value) && value.length === 0 ? "an empty array" : describe(value);
}
