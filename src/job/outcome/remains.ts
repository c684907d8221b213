import type { Outcome } from "../../adapters/adapter.ts";
import { timestamp } from "../../adapters/job-record.ts";
import { editPayload } from "../../adapters/payload.ts";
import { clock } from "../../support/clock.ts";
import { cut, thrownMessage, thrownName } from "../../support/thrown.ts";
import { abort, CommandAborted } from "../around/abort.ts";
import { backtraceField } from "../record/backtrace.ts";
import type { JobRun } from "../inside/job-run.ts";
import { writeFailure, writeResult } from "../handle/result-text.ts";

type Done = Outcome & { readonly kind: "done" };

/** Why a run is no success. */
interface Failure {
  readonly error_class: string;
  readonly error_message: string;
  /** What was thrown, where it says more. */
  readonly error?: unknown;
}

/**
 * Of a run that threw nothing: its outcome, and what its class wants to be left of it.
 *
 * @param output What the command returned.
 */
export function withResult(run: JobRun, outcome: Outcome, output: unknown): Outcome {
  if (outcome.kind !== "done") {
    return outcome;
  }
  return withFinished(run, resultOf(run, outcome, output), run.isHalted ? HALTED : undefined);
}

/** Of a run that threw: its outcome, and what whoever asks about it later is told, if it is over. */
export function withFailure(run: JobRun, outcome: Outcome, error: unknown): Outcome {
  if (outcome.kind !== "done" && outcome.kind !== "dead") {
    return outcome;
  }
  const { keepResult: kept } = run.declarations;
  const failure = failureOf(run.cancellation ?? run.lateFailure(error) ?? error);
  const text = (): string => writeFailure(failure.error_class, failure.error_message);
  const told = kept ? { ...outcome, result: { text: text(), seconds: kept.seconds } } : outcome;
  return told.kind === "done" ? withFinished(run, told, failure) : told;
}

function resultOf(run: JobRun, outcome: Done, output: unknown): Done {
  const { keepResult: kept } = run.declarations;
  if (!kept) {
    return outcome;
  }
  const { className } = run;
  const { seconds, maxBytes } = kept;
  if (run.isHalted) {
    const text = writeFailure(HALTED.error_class, HALTED.error_message);
    return { ...outcome, result: { text, seconds } };
  }
  const { text, problem } = writeResult(output, { className, maxBytes });
  if (problem !== undefined) {
    run.log("warn", {}, `Could not keep the result of ${className}, which is done: ${problem}`);
  }
  return { ...outcome, result: { text, seconds } };
}

function withFinished(run: JobRun, outcome: Done, failure: Failure | undefined): Done {
  const { keepFinished: kept } = run;
  if (kept === false) {
    return outcome;
  }
  const payload = editPayload(run.fetched.payload, {
    outcome: outcome.ended ?? "done",
    started_at: timestamp(run.beganAt ?? clock.now()),
    // What an earlier run failed with is of no interest any more.
    error_backtrace: backtraceField(failure?.error, run.record.backtrace),
    error_class: failure?.error_class,
    error_message: failure?.error_message,
  });
  return { ...outcome, finished: { ...kept, group: run.className, payload } };
}

const HALTED: Failure = {
  error_class: "Abort",
  error_message: "a callback or middleware kept it from being performed",
};

function failureOf(error: unknown): Failure {
  if (error === abort) {
    return HALTED;
  }
  return error instanceof CommandAborted
    ? {
        error_class: "CommandAborted",
        error_message: cut(error.errors.map(thrownMessage).join("; ")) || "no errors given",
      }
    : {
        error_class: thrownName(error),
        error_message: thrownMessage(error).slice(0, 10_000),
        error,
      };
}
