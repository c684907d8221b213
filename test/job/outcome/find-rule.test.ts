import { Job, type ErrorMatcher } from "mandate";
import { errorRules } from "../../../src/job/declare/error-rules.ts";
import { describe, expect, it } from "vitest";
import { declarationsOf } from "../../../src/job/declare/declarations.ts";
import { findRule } from "../../../src/job/outcome/find-rule.ts";
import { Log } from "../../worker/log.ts";

class BusyError extends Error {}
class GoneError extends Error {}

const log = new Log();

/** A class with these rules, and the log that hears of them. */
function ruled(declare: (job: typeof Job) => void): Parameters<typeof findRule>[0] {
  class Ruled extends Job {
    perform(): void {}
  }
  declare(Ruled);
  return { className: "Ruled", declarations: declarationsOf(Ruled), logger: log };
}

/** What a rule for `errors` is handed of an error; `undefined` where it is not for that. */
function matched(
  macro: "retryOn" | "discardOn" | "rescueFrom",
  errors: ErrorMatcher,
  error: unknown,
): unknown {
  const rules = ruled((job) =>
    macro === "rescueFrom" ? job.rescueFrom(errors, () => {}) : job[macro](errors),
  );
  return findRule(rules, error)?.matched;
}

describe("rules", () => {
  it("are looked through for the error itself first, then for its cause", () => {
    const rules = ruled((job) => {
      job.discardOn(GoneError);
      job.discardOn(BusyError);
    });
    const cause = new BusyError();
    const error = Object.assign(new GoneError(), { cause });

    expect(findRule(rules, error)).toMatchObject({ rule: { key: "[GoneError]" }, matched: error });
    expect(findRule(rules, { cause })?.matched).toBe(cause);
  });

  it.each<[string, ErrorMatcher]>([
    ["a class", BusyError],
    ["a pattern", { name: "BusyError" }],
    ["a predicate", (error) => error instanceof BusyError],
  ])("hand on the cause that %s is for", (_what, matcher) => {
    const cause = new BusyError();
    const error = new Error("a", { cause: new Error("b", { cause }) });

    expect(matched("retryOn", matcher, error)).toBe(cause);
    expect(matched("discardOn", matcher, error)).toBe(cause);
    expect(matched("rescueFrom", matcher, error)).toBe(cause);
  });

  it("find nothing in circles, in what is no error, in nothing", () => {
    const circle = new Error("a");
    circle.cause = new Error("b", { cause: circle });
    const full = new AggregateError([circle]);
    full.errors.push(full);

    for (const thrown of [circle, full, "text", undefined, null, 7]) {
      expect(matched("discardOn", BusyError, thrown)).toBeUndefined();
    }
  });

  it("try again where one of an AggregateError's errors is meant", () => {
    const busy = new BusyError();

    const some = new AggregateError([new Error("a"), new Error("b", { cause: busy })]);

    expect(matched("retryOn", BusyError, some)).toBe(busy);
    expect(matched("retryOn", BusyError, new Error("c", { cause: some }))).toBe(busy);
  });

  it.each(["discardOn", "rescueFrom"] as const)(
    "do not end a job by %s unless each of them is meant",
    (macro) => {
      const busy = new BusyError();

      expect(matched(macro, BusyError, new AggregateError([busy, busy]))).toBe(busy);
      expect(matched(macro, BusyError, new AggregateError([busy, new Error("a")]))).toBeUndefined();
      expect(matched(macro, BusyError, new AggregateError([]))).toBeUndefined();
      expect(matched(macro, AggregateError, new AggregateError([]))).toBeDefined();
    },
  );

  it("log a predicate that throws, and go on with the next rule", () => {
    const error = new Error("a");
    const broken = new Error("no such property");
    const rules = ruled((job) => {
      job.retryOn(Error);
      job.discardOn(() => {
        throw broken;
      });
    });

    expect(findRule(rules, error)).toMatchObject({ rule: { kind: "retry" }, matched: error });
    expect(log.lines.at(-1)).toEqual({
      level: "warn",
      fields: { err: broken },
      message: "A predicate in the rules of Ruled threw; its rule is taken for one of other errors",
    });
  });

  it("count under the list of their errors, as Ruby prints it", () => {
    const rules = ruled((job) => {
      job.discardOn([BusyError, GoneError]);
    });

    expect(findRule(rules, new GoneError())?.rule.key).toBe("[BusyError, GoneError]");
  });

  it("of predicates without names count each on its own", () => {
    const { declarations } = ruled((job) => {
      job.retryOn(() => true);
      job.retryOn([BusyError]);
      job.retryOn([BusyError]);
      job.retryOn(() => false);
    });

    expect(errorRules.of(declarations).map(({ key }) => key)).toEqual([
      "[predicate] 2",
      "[BusyError]",
      "[BusyError]",
      "[predicate]",
    ]);
  });
});
