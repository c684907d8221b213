import type { Outcome } from "../../adapters/adapter.ts";
import { cut, thrownMessage } from "../../support/thrown.ts";
import { abort, CommandAborted } from "../around/abort.ts";
import { outcomeOfFailure } from "./failure.ts";
import type { JobRun } from "../inside/job-run.ts";

/** How a run ends that something was thrown out of, if that is no failure. */
export function outcomeOfEarlyEnd(run: JobRun, thrown: unknown): Outcome | undefined {
  run.thrown = thrown;
  if (run.cancellation !== undefined) {
    return run.cancelled();
  }
  const requeued = run.requeueAsked(thrown);
  if (requeued !== undefined) {
    return requeued;
  }
  const ending = run.part?.ending(thrown);
  if (ending !== undefined) {
    return ending;
  }
  if (thrown === abort && !run.isInterrupted) {
    run.isHalted = true;
    return run.performed();
  }
  if (thrown instanceof CommandAborted) {
    const errors = thrown.errors.map(thrownMessage);
    const text = `Aborted ${run.className}: ${cut(errors.join("; ")) || "no errors given"}`;
    run.log("warn", { errors }, text);
    return run.discarded();
  }
  if (run.environment.signal.aborted && !run.isInterrupted) {
    run.log(
      "info",
      {},
      `Gave back ${run.className}: ${thrownMessage(run.environment.signal.reason)}`,
    );
    return run.release();
  }
  return undefined;
}

/** How a run ends that was interrupted, whatever was thrown out of it. */
export function outcomeOfInterruption(run: JobRun, thrown: unknown): Promise<Outcome> | undefined {
  const failure = run.interruptedBy(thrown);
  return failure === undefined ? undefined : outcomeOfFailure(run, failure);
}
