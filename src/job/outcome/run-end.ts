import type { Outcome } from "../../adapters/adapter.ts";
import { cut, thrownMessage, thrownName } from "../../support/thrown.ts";
import { abort, CommandAborted } from "../around/abort.ts";
import { encryptionTrait } from "../declare/encryption.ts";
import type { RunEnd, RunFailure } from "../declare/hooks.ts";
import { encryptResult } from "../handle/encrypted-result.ts";
import type { JobRun } from "../inside/job-run.ts";

/** The outcome of a run that threw nothing, once the hooks of its class have seen it. */
export function withOutput(run: JobRun, outcome: Outcome, output: unknown): Outcome {
  return run.declarations.hooks.onOutcome === undefined
    ? outcome
    : seen(run, outcome, { output, failure: run.isHalted ? HALTED : undefined });
}

/** The same of a job that was not run. */
export function withReason(run: JobRun, outcome: Outcome, failure: RunFailure): Outcome {
  return seen(run, outcome, { output: undefined, failure });
}

/** The same of a run that threw. */
export function withFailure(run: JobRun, outcome: Outcome, error: unknown): Outcome {
  if (run.declarations.hooks.onOutcome === undefined) {
    return outcome;
  }
  const failure = failureOf(run.cancellation ?? run.interruptedBy(error) ?? error);
  return seen(run, outcome, { output: undefined, failure });
}

function seen(run: JobRun, outcome: Outcome, end: RunEnd): Outcome {
  const changed = run.declarations.hooks.onOutcome?.(run, outcome, end) ?? outcome;
  if (!("result" in changed && changed.result && encryptionTrait.of(run.declarations))) {
    return changed;
  }
  const { result } = changed;
  return { ...changed, result: { ...result, text: encryptResult(run.record.jid, result.text) } };
}

const HALTED: RunFailure = {
  errorClass: "Abort",
  errorMessage: "a callback or middleware kept it from being performed",
};

function failureOf(error: unknown): RunFailure {
  if (error === abort) {
    return HALTED;
  }
  return error instanceof CommandAborted
    ? {
        errorClass: "CommandAborted",
        errorMessage: cut(error.errors.map(thrownMessage).join("; ")) || "no errors given",
      }
    : {
        errorClass: thrownName(error),
        errorMessage: thrownMessage(error).slice(0, 10_000),
        error,
      };
}
