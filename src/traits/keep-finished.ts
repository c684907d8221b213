import type { Outcome } from "../adapters/adapter.ts";
import { timestamp } from "../adapters/job-record.ts";
import { editPayload } from "../adapters/payload.ts";
import { checkInteger, checkOptionNames } from "../job/checks/checks.ts";
import { checkDate } from "../job/checks/last-date.ts";
import {
  declareForAll,
  defineTrait,
  type DeclaringClass,
  type Trait,
} from "../job/declare/declarations.ts";
import type { EndedRun, RunEnd } from "../job/declare/hooks.ts";
import { note } from "../job/declare/note-declaration.ts";
import { backtraceField } from "../job/record/backtrace.ts";
import { clock } from "../support/clock.ts";
import { seconds, type Duration } from "../support/duration.ts";

export abstract class KeepFinishedMacro {
  /**
   * Keeps this class's jobs once they are done or discarded, where operators see them
   * (`finishedSet`). A number keeps so many, for a week at most; `"2 days"` all of that time,
   * 10,000 at most; `{ count, age }` says both; `false` keeps none.
   *
   * @default the `keepFinished` of `configure`: none
   */
  static keepFinished(this: DeclaringClass, limit: FinishedLimit): void {
    note(this, keepFinishedTrait, readFinishedLimit(limit, `keepFinished of ${this.name}`));
  }
}

/** How many finished jobs of a class are kept, and for how many seconds. */
interface KeepFinished {
  readonly count: number;
  readonly seconds: number;
}

/**
 * How long finished jobs are kept: a number is how many of a class, for a week at most; a text is
 * for how long, 10,000 of a class at most; an object says both, its `age` in **seconds** or as a
 * string; `false` keeps none.
 */
export type FinishedLimit =
  number | Exclude<Duration, number> | { readonly count?: number; readonly age?: Duration } | false;

const keepFinishedTrait: Trait<KeepFinished | false> = defineTrait<KeepFinished | false>({
  name: "keepFinished",
  undeclared: false,
  hooks: (kept) =>
    kept === false
      ? undefined
      : {
          aroundRun(run, next) {
            run.beganAt = clock.now();
            return next();
          },
          onOutcome: (run, outcome, end) => withFinished(run, outcome, { end, kept }),
        },
});

/** What holds for classes that do not say. */
export function keepFinishedOfAll(limit: KeepFinished | false): void {
  declareForAll(keepFinishedTrait, limit);
}

function withFinished(
  run: EndedRun,
  outcome: Outcome,
  { end, kept }: { readonly end: RunEnd; readonly kept: KeepFinished },
): Outcome {
  if (outcome.kind !== "done") {
    return outcome;
  }
  const { failure } = end;
  const payload = editPayload(run.fetched.payload, {
    outcome: outcome.ended ?? "done",
    started_at: timestamp(run.beganAt ?? clock.now(), run.environment.adapter.timestamps),
    // What an earlier run failed with is of no interest any more.
    error_backtrace: backtraceField(failure?.error, run.record.backtrace),
    error_class: failure?.errorClass,
    error_message: failure?.errorMessage,
  });
  return { ...outcome, finished: { ...kept, group: run.className, payload } };
}

const MOST = 10_000;
const WEEK = 7 * 24 * 60 * 60;

/** @throws {TypeError | RangeError | InvalidDurationError} if it is none. */
export function readFinishedLimit(limit: FinishedLimit, where: string): KeepFinished | false {
  if (limit === false) {
    return false;
  }
  const bounds =
    typeof limit === "number"
      ? { count: limit }
      : typeof limit === "string"
        ? { age: limit }
        : limit;
  checkOptionNames(bounds, ["count", "age"], where);
  const { count = MOST, age = WEEK } = bounds;
  checkInteger(count, `count in ${where}`, 1);
  const kept = checkDate(seconds(age, `age in ${where}`), `age in ${where}`);
  if (kept === 0) {
    throw new RangeError(`Cannot use 0 as age in ${where}: give a duration above 0, or false`);
  }
  return { count, seconds: kept };
}
