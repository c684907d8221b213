import { inherits } from "node:util";
import { runInNewContext } from "node:vm";
import { errorKinds, type ErrorMatcher } from "mandate";
import { describe, expect, it } from "vitest";
import { readMatchers } from "../../../src/job/errors/error-matcher.ts";

class BusyError extends Error {}

/** As compilers wrote classes before ES2015. */
function OldError(this: Error, message: string): void {
  this.message = message;
}
inherits(OldError, Error);

/** A class without a parent, and without anything to tell that by. */
function Oops(): void {}

function isBusy(error: unknown): boolean {
  return (error as { busy?: boolean }).busy === true;
}

const foreign: unknown = runInNewContext("(class ForeignError extends Error {})");
const foreignTypeError: unknown = runInNewContext("TypeError");

describe("matchers", () => {
  it.each<[string, unknown, unknown, boolean]>([
    ["a class", BusyError, new BusyError(), true],
    ["a bound class", BusyError.bind(undefined), new BusyError(), true],
    ["a bound class, and another error", BusyError.bind(undefined), new Error("busy"), false],
    ["a class, and another error", BusyError, new Error("busy"), false],
    ["a class without a parent", class Plain {}, new (class Plain {})(), false],
    ["a built-in class", TypeError, new TypeError("a"), true],
    ["a class of another realm", foreign, new (foreign as ErrorConstructor)("a"), true],
    ["a built-in class of another realm", foreignTypeError, new TypeError("a"), true],
    ["a class of older JavaScript", OldError, Reflect.construct(OldError, ["a"]), true],
    ["such a class, and another error", OldError, new Error("a"), false],
    ["an arrow function", (error: unknown) => error === 7, 7, true],
    ["an arrow function named like a class", arrowNamed("Busy"), { busy: true }, true],
    ["a function", isBusy, { busy: true }, true],
    ["a function without a name", unnamed(isBusy), { busy: true }, true],
    ["a bound function", isBusy.bind(undefined), { busy: true }, true],
    ["a method", { isBusy: (e: unknown) => isBusy(e) }.isBusy, { busy: false }, false],
    ["a predicate that answers with what counts as true", (e: unknown) => e, "text", true],
    ["a pattern", { busy: true }, { busy: true }, true],
    ["an error kind", errorKinds.deadlock, { code: "40P01" }, true],
  ])("may be %s", (_what, matcher, error, expected) => {
    const [read] = readMatchers(matcher, "retryOn of Example");

    expect(read!.matches(error)).toBe(expected);
  });

  it("are called as they stand in a declaration", () => {
    const matchers: readonly ErrorMatcher[] = [
      BusyError,
      isBusy,
      unnamed(isBusy),
      errorKinds.httpStatus(429, 503),
      { code: ["a", 7, true], message: /no "b"/i, cause: { code: "c" } },
    ];

    expect(readMatchers(matchers, "retryOn of Example").map(({ text }) => text)).toEqual([
      "BusyError",
      "isBusy",
      "predicate",
      "errorKinds.httpStatus(429, 503)",
      '{ code: ["a", 7, true], message: /no "b"/i, cause: { code: "c" } }',
    ]);
  });

  it.each<[string, unknown, string]>([
    [
      "no errors",
      [],
      'Cannot use an empty array in retryOn of Example: give an error class, a pattern such as { code: "40P01" }, a predicate, or an array of these',
    ],
    [
      "the name of an error",
      "TypeError",
      'Cannot use "TypeError" in retryOn of Example: give an error class, a pattern such as { code: "40P01" }, a predicate, or an array of these',
    ],
    [
      "an error instead of its class",
      [new Error("one")],
      'Cannot use an object in retryOn of Example: give an error class, a pattern such as { code: "40P01" }, a predicate, or an array of these',
    ],
    [
      "a regular expression",
      /busy/,
      'Cannot use an object in retryOn of Example: give an error class, a pattern such as { code: "40P01" }, a predicate, or an array of these',
    ],
    [
      "a class that did not load",
      undefined,
      'Cannot use undefined in retryOn of Example: give an error class, a pattern such as { code: "40P01" }, a predicate, or an array of these',
    ],
    [
      "statuses that are not said",
      errorKinds.httpStatus,
      "Cannot use errorKinds.httpStatus in retryOn of Example without a status: call it, as in errorKinds.httpStatus(429)",
    ],
    [
      "an async predicate",
      async () => true,
      "Cannot use an async function or a generator as a predicate in retryOn of Example: it is not waited for. Give a function that returns a boolean",
    ],
    [
      "a generator",
      function* () {},
      "Cannot use an async function or a generator as a predicate in retryOn of Example: it is not waited for. Give a function that returns a boolean",
    ],
    [
      "a function that may be a class",
      Oops,
      "Cannot tell whether Oops in retryOn of Example is an error class or a predicate: have the class extend Error, or write the predicate as (error) => …",
    ],
    [
      "a bound function that may be a class",
      Oops.bind(undefined),
      "Cannot tell whether bound Oops in retryOn of Example is an error class or a predicate: have the class extend Error, or write the predicate as (error) => …",
    ],
  ])("are not %s", (_what, matcher, message) => {
    expect(() => readMatchers(matcher, "retryOn of Example")).toThrow(new TypeError(message));
  });

  it("do not wait for a predicate's promise, which ends nothing when it rejects", () => {
    const [read] = readMatchers(() => Promise.reject(new Error("late")), "retryOn of Example");

    expect(() => read!.matches(new Error("busy"))).toThrow(
      new TypeError(
        "Cannot use what a predicate returned, which is a promise and not waited for: return a boolean",
      ),
    );
  });
});

function arrowNamed(name: string): unknown {
  const arrows = { [name]: (error: unknown) => isBusy(error) };
  return arrows[name];
}

function unnamed(predicate: (error: unknown) => boolean): (error: unknown) => boolean {
  return (() =>
    function (error: unknown) {
      return predicate(error);
    })();
}
