import type { Outcome } from "../adapters/adapter.ts";
import { checkInteger, checkOptionNames } from "../job/checks/checks.ts";
import { checkDate } from "../job/checks/last-date.ts";
import { defineTrait, type DeclaringClass, type Trait } from "../job/declare/declarations.ts";
import type { EndedRun, RunEnd } from "../job/declare/hooks.ts";
import { warnOfMilliseconds } from "../job/declare/likely-milliseconds.ts";
import { note } from "../job/declare/note-declaration.ts";
import { ResultUnavailableError } from "../job/handle/result-errors.ts";
import { writeFailure, writeResult } from "../job/handle/result-text.ts";
import { seconds, type Duration } from "../support/duration.ts";

/** What may be kept of a result. */
export interface KeepResultOptions {
  /** The size of the largest, as JSON. @default 65536 */
  readonly maxBytes?: number;
}

/** How results are kept. */
interface KeepResult {
  readonly seconds: number;
  readonly maxBytes: number;
}

export abstract class KeepResultMacro {
  /**
   * Keeps what a job comes to for that long after its end (**seconds**, or a string such as
   * `"1 hour"`), so that `result()` of its handle gets it. `false` takes back what a parent
   * declared. One that is larger, written down as JSON, is not kept: the job is done all the same.
   */
  static keepResult(
    this: DeclaringClass,
    time: Duration | false,
    options: KeepResultOptions = {},
  ): void {
    const where = `keepResult of ${this.name}`;
    checkOptionNames(options, ["maxBytes"], where);
    const { maxBytes = 65_536 } = options;
    checkInteger(maxBytes, `maxBytes in ${where}`, 1);
    warnOfMilliseconds(time, where);
    const kept = time === false ? 0 : checkDate(seconds(time, where), where);
    note(this, keepResultTrait, time === false ? false : { seconds: kept, maxBytes });
  }
}

const keepResultTrait: Trait<KeepResult | false> = defineTrait<KeepResult | false>({
  name: "keepResult",
  undeclared: false,
  hooks: (kept) =>
    kept === false
      ? { onAwait: refuseToWait }
      : { onOutcome: (run, outcome, end) => withResult(run, outcome, { end, kept }) },
});

function refuseToWait(job: { readonly className: string; readonly id: string }): never {
  throw new ResultUnavailableError(
    job,
    "not-kept",
    'its class keeps none. Declare in its static block this.keepResult("1 hour")',
  );
}

/** Of a job that is over: what it came to, or what it failed with. */
function withResult(
  run: EndedRun,
  outcome: Outcome,
  { end, kept }: { readonly end: RunEnd; readonly kept: KeepResult },
): Outcome {
  if (outcome.kind !== "done" && outcome.kind !== "dead") {
    return outcome;
  }
  const { output, failure } = end;
  const text =
    failure === undefined
      ? textOf(run, output, kept)
      : writeFailure(failure.errorClass, failure.errorMessage);
  return { ...outcome, result: { text, seconds: kept.seconds } };
}

function textOf(run: EndedRun, output: unknown, { maxBytes }: KeepResult): string {
  const { className } = run;
  const { text, problem } = writeResult(output, { className, maxBytes });
  if (problem !== undefined) {
    run.log("warn", {}, `Could not keep the result of ${className}, which is done: ${problem}`);
  }
  return text;
}
