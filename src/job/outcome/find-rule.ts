import {
  DeserializationError,
  RecordLookupError,
} from "../../serialization/deserialization-error.ts";
import { lookAlong } from "../../support/causes.ts";
import { logSafely, type Logger } from "../../support/logger.ts";
import { isThrown } from "../../support/thrown.ts";
import type { Declarations } from "../declare/declarations.ts";
import { errorRules, type ErrorRule } from "../declare/error-rules.ts";
import type { ReadMatcher } from "../errors/error-matcher.ts";

/** A rule, and the error it is for: the one that was thrown, or what caused that. */
export interface RuleMatch {
  readonly rule: ErrorRule;
  readonly matched: never;
}

/** Whose rules are looked through. */
interface Ruled {
  readonly className: string;
  readonly declarations: Declarations;
  /** Told what a predicate threw. */
  readonly logger: Logger;
}

/**
 * As Active Job's `rescue_with_handler`: by the error, else by what caused it. Of an
 * `AggregateError` a `retryOn` is for one of its errors; a rule that ends the job has to be for
 * each of them, or it would end it for the others' sake, too.
 */
export function findRule(ruled: Ruled, error: unknown): RuleMatch | undefined {
  const rules = errorRules.of(ruled.declarations);
  if (rules.length === 0) {
    return undefined;
  }
  return lookAlong<RuleMatch>(error, {
    at(each) {
      const rule = rules.find((candidate) => isFor(candidate, each, ruled));
      return rule && { rule, matched: each as never };
    },
    among: (found) =>
      found.find(
        (match) =>
          match?.rule.kind === "retry" ||
          (match !== undefined && found.every((other) => other?.rule === match.rule)),
      ),
  });
}

function isFor({ kind, matchers }: ErrorRule, error: unknown, ruled: Ruled): boolean {
  // Whoever drops jobs whose records are gone does not mean those whose database was away
  // (rails#57742).
  const isLookup = kind === "discard" && isThrown(error, RecordLookupError);
  return matchers.some(
    (matcher) =>
      says(matcher, error, ruled) && !(isLookup && matcher.errorClass === DeserializationError),
  );
}

function says(matcher: ReadMatcher, error: unknown, { className, logger }: Ruled): boolean {
  try {
    return matcher.matches(error);
  } catch (thrown) {
    const text = `A predicate in the rules of ${className} threw; its rule is taken for one of other errors`;
    logSafely(logger, "warn", { err: thrown }, text);
    return false;
  }
}
