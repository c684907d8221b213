import { InvalidDurationError, Job, UnknownOptionError } from "mandate";
import { describe, expect, it } from "vitest";
import { errorRules } from "../../src/job/declare/error-rules.ts";
import { priorityTrait, queueTrait } from "../../src/job/declare/placement.ts";
import { declarationsOf } from "../../src/job/declare/declarations.ts";

class Example extends Job {
  perform(_name: string, _count?: number): void {}
}

/** The class whose macros are called with what does not compile. */
const misused: any = Example;

describe("macros", () => {
  it("take names, numbers, and functions of the arguments", () => {
    class Chosen extends Job {
      static {
        this.queueAs((name) => `queue-of-${name}`);
        this.queueWithPriority((_name, count) => count);
      }

      perform(_name: string, _count: number): void {}
    }

    const declarations = declarationsOf(Chosen);
    const [queue, priority] = [queueTrait.of(declarations), priorityTrait.of(declarations)];

    expect((queue as (name: string) => string)("ada")).toBe("queue-of-ada");
    expect((priority as (name: string, count: number) => number)("ada", 7)).toBe(7);
  });

  it("have ActiveJob's defaults in retryOn", () => {
    class Retried extends Job {
      static {
        this.retryOn(RangeError);
        this.retryOn([TypeError, SyntaxError], {
          attempts: "unlimited",
          wait: "2 minutes",
          jitter: 0,
        });
      }

      perform(): void {}
    }

    expect(errorRules.of(declarationsOf(Retried))).toEqual([
      expect.objectContaining({
        key: "[TypeError, SyntaxError]",
        attempts: Infinity,
        wait: "2 minutes",
        jitter: 0,
      }),
      expect.objectContaining({ key: "[RangeError]", attempts: 5, wait: 3, jitter: 0.15 }),
    ]);
  });

  it.each<[string, () => void, Error]>([
    [
      "a queue without a name",
      () => misused.queueAs(""),
      new TypeError(
        'Cannot use "" as a queue in queueAs of Example: give a name of letters, digits and the signs _ : . -',
      ),
    ],
    [
      "a priority with a fraction",
      () => misused.queueWithPriority(1.5),
      new RangeError("Cannot use 1.5 as queueWithPriority of Example: give an integer"),
    ],
    [
      "fewer than no retries",
      () => misused.retry(-1),
      new RangeError("Cannot use -1 as retry of Example: give an integer of at least 0"),
    ],
    [
      "no time at all",
      () => misused.timeout(0),
      new RangeError("Cannot use 0 as timeout of Example: give more, or false for any time"),
    ],
    [
      "a timeout that is no duration",
      () => misused.timeout("30 sconds"),
      new InvalidDurationError(
        'Cannot read "30 sconds" as timeout of Example: "sconds" is not a unit of time. Did you mean "30 seconds"? Write a number of ' +
          'seconds, or a string such as "30s", "5 minutes", "1.5 hours", "2 days" or "1 week"',
      ),
    ],
    [
      "a number of seconds for retryIn",
      () => misused.retryIn(5),
      new TypeError("Cannot use 5 in retryIn of Example: give a function"),
    ],
    [
      "nothing for retriesExhausted",
      () => misused.retriesExhausted(),
      new TypeError("Cannot use undefined in retriesExhausted of Example: give a function"),
    ],
    [
      "an option that retryOn has not",
      () => misused.retryOn(Error, { atempts: 3 }),
      new UnknownOptionError("atempts", "retryOn of Example", ["wait", "attempts", "jitter"]),
    ],
    [
      "a result that is kept until no date",
      () => misused.keepResult(1e16),
      new InvalidDurationError(
        "Cannot use 10000000000000000 seconds as keepResult of Example: no date is that far away. Give less",
      ),
    ],
    [
      "finished jobs that are kept until no date",
      () => misused.keepFinished({ age: 1e16 }),
      new InvalidDurationError(
        "Cannot use 10000000000000000 seconds as age in keepFinished of Example: no date is that far away. Give less",
      ),
    ],
    [
      "a wait that no date is away",
      () => misused.retryOn(Error, { wait: 1e15 }),
      new InvalidDurationError(
        "Cannot use 1000000000000000 seconds as wait of retryOn of Example: no date is that far away. Give less",
      ),
    ],
    [
      "no attempts",
      () => misused.retryOn(Error, { attempts: 0 }),
      new RangeError(
        'Cannot use 0 as attempts in retryOn of Example: give an integer of at least 1, or "unlimited"',
      ),
    ],
    [
      "a negative jitter",
      () => misused.retryOn(Error, { jitter: -0.1 }),
      new RangeError("Cannot use -0.1 as jitter in retryOn of Example: give 0 to 1"),
    ],
    [
      "a jitter that is no number",
      () => misused.retryOn(Error, { jitter: NaN }),
      new RangeError("Cannot use NaN as jitter in retryOn of Example: give 0 to 1"),
    ],
    [
      "a handler of discardOn that is none",
      () => misused.discardOn(Error, "x"),
      new TypeError('Cannot use "x" in discardOn of Example: give a function'),
    ],
    [
      "a last word of retryOn that is none",
      () => misused.retryOn(Error, {}, "x"),
      new TypeError('Cannot use "x" in whenExhausted of retryOn of Example: give a function'),
    ],
    [
      "no handler for rescueFrom",
      () => misused.rescueFrom(Error),
      new TypeError("Cannot use undefined in rescueFrom of Example: give a function"),
    ],
    [
      "an option that jobOptions has not",
      () => misused.jobOptions({ retries: 3 }),
      new UnknownOptionError(
        "retries",
        "jobOptions of Example",
        ["backtrace", "dead", "retryFor", "retryQueue", "tags", "wireFormat", "rubyValues"],
        new Map([["retries", "Declare this.retry(…) in the class's static block"]]),
      ),
    ],
    [
      "a negative number of lines",
      () => misused.jobOptions({ backtrace: -1 }),
      new RangeError(
        "Cannot use -1 as backtrace in jobOptions of Example: give an integer of at least 0",
      ),
    ],
    [
      "a word for dead",
      () => misused.jobOptions({ dead: "no" }),
      new TypeError('Cannot use "no" as dead in jobOptions of Example: give a boolean'),
    ],
    [
      "a longer retryFor than Sidekiq takes",
      () => misused.jobOptions({ retryFor: 1_000_000_001 }),
      new RangeError(
        "Cannot use 1000000001 as retryFor in jobOptions of Example: give at most 1000000000 seconds",
      ),
    ],
    [
      "a retryQueue with a space",
      () => misused.jobOptions({ retryQueue: "low prio" }),
      new TypeError(
        'Cannot use "low prio" as a queue in jobOptions of Example: ' +
          "give a name of letters, digits and the signs _ : . -",
      ),
    ],
    [
      "tags in one text",
      () => misused.jobOptions({ tags: "a,b" }),
      new TypeError('Cannot use "a,b" as tags in jobOptions of Example: give an array of strings'),
    ],
    [
      "a tag that is none",
      () => misused.tags("a", 5),
      new TypeError(
        "Cannot use 5 in tags of Example: give strings, or functions that return arrays of them",
      ),
    ],
    [
      "a tag that is not there",
      () => misused.tags(undefined),
      new TypeError(
        "Cannot use undefined in tags of Example: give strings, or functions that return arrays of them",
      ),
    ],
    [
      "a wireFormat that is none",
      () => misused.jobOptions({ wireFormat: "ruby" }),
      new TypeError(
        'Cannot use "ruby" as wireFormat in jobOptions of Example: give "native" or "activejob"',
      ),
    ],
    [
      "rubyValues that are none",
      () => misused.jobOptions({ rubyValues: true }),
      new TypeError(
        'Cannot use true as rubyValues in jobOptions of Example: give "exact" or "plain"',
      ),
    ],
    [
      "a callback that is none",
      () => misused.beforeEnqueue(5),
      new TypeError(
        "Cannot use 5 in beforeEnqueue of Example: give a function, or the name of a method",
      ),
    ],
    [
      "a callback that is none, around",
      () => misused.aroundPerform(null),
      new TypeError(
        "Cannot use null in aroundPerform of Example: give a function, or the name of a method",
      ),
    ],
  ])("refuse %s", (_what, declare, error) => {
    expect(declare).toThrow(error);
  });

  it("refuse waits that are no durations, where they are declared", () => {
    expect(() => misused.retryOn(Error, { tries: 3 })).toThrow(
      'Cannot use option "tries" in retryOn of Example: there is no such option. Did you mean "attempts"? There are: wait, attempts, jitter',
    );
    expect(() => misused.retryOn(Error, { wait: "soon" })).toThrow(InvalidDurationError);
    expect(() => misused.retryOn(Error, { wait: -1 })).toThrow(InvalidDurationError);
    expect(() => misused.jobOptions({ retryFor: "a while" })).toThrow(InvalidDurationError);
  });
});
