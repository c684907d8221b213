import type { Outcome } from "../adapters/adapter.ts";
import { abort, CommandAborted } from "./abort.ts";
import { errorName, message } from "./failure-fields.ts";
import type { JobRun } from "./job-run.ts";
import { writeFailure, writeResult } from "./left-result.ts";

/**
 * Of a run that threw nothing: its outcome, and what its class wants to be left of it.
 *
 * @param output What the command returned.
 */
export function withResult(run: JobRun, outcome: Outcome, output: unknown): Outcome {
  const { keepResult: kept } = run.declarations;
  if (kept === undefined || kept === false || outcome.kind !== "done") {
    return outcome;
  }
  const { className } = run;
  if (run.isHalted) {
    return { ...outcome, result: { text: writeHalt(), seconds: kept.seconds } };
  }
  const { text, problem } = writeResult(output, { className, maxBytes: kept.maxBytes });
  if (problem !== undefined) {
    run.log("warn", {}, `Could not keep the result of ${className}, which is done: ${problem}`);
  }
  return { ...outcome, result: { text, seconds: kept.seconds } };
}

/** Of a run that threw: its outcome, and what whoever waits for its result is told, if it is over. */
export function withFailure(run: JobRun, outcome: Outcome, error: unknown): Outcome {
  const { keepResult: kept } = run.declarations;
  const isOver = outcome.kind === "done" || outcome.kind === "dead";
  if (kept === undefined || kept === false || !isOver) {
    return outcome;
  }
  const reason = run.cancellation ?? run.lateFailure(error) ?? error;
  const text = reason === abort ? writeHalt() : writeFailure(...failureOf(reason));
  return { ...outcome, result: { text, seconds: kept.seconds } };
}

function writeHalt(): string {
  return writeFailure("Abort", "a callback or middleware kept it from being performed");
}

function failureOf(error: unknown): [name: string, message: string] {
  return error instanceof CommandAborted
    ? ["CommandAborted", error.errors.map(message).join("; ") || "no errors given"]
    : [errorName(error), message(error)];
}
