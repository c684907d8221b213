import type { Outcome } from "../../adapters/adapter.ts";
import { readTimestamp, timestamp } from "../../adapters/job-record.ts";
import { DeserializationError } from "../../serialization/deserialization-error.ts";
import { clock } from "../../support/clock.ts";
import { isThrown, readOr, thrownMessage } from "../../support/thrown.ts";
import { tellDiscarded } from "../declare/discard-callback.ts";
import { findRule } from "./find-rule.ts";
import type { JobRun } from "../inside/job-run.ts";

/**
 * What becomes of a command whose records are missing, unless a rule of its class says: it comes
 * again, for up to 5 seconds, in case their transaction is still committing; then it is dropped.
 * Meanwhile it waits in the schedule and holds no worker.
 *
 * @returns `undefined` for every other error, and where the command has turned the guard off.
 */
export function outcomeOfMissingRecord(
  run: JobRun,
  error: unknown,
): Outcome | Promise<Outcome> | undefined {
  if (
    !isThrown(error, DeserializationError) ||
    readOr(0, () => error.missing.length) === 0 ||
    findRule(run, error) !== undefined ||
    !isGuarded(run)
  ) {
    return undefined;
  }
  const now = clock.now();
  // Not later than now, whoever wrote it: it would be looked for until then.
  const since = Math.min(readTimestamp(run.record.missing_since) ?? now, now);
  const patience = since + (run.environment.missingRecordWait ?? 5) - now;
  if (patience <= 0) {
    return discard(run, error);
  }
  // Soon at first, then in steps as long as it has waited already, but each second at least.
  const delay = Math.min(Math.max(0.05, now - since), 1, patience);
  run.log("debug", { err: error }, `Looking again in ${delay} s: ${thrownMessage(error)}`);
  return run.requeue(delay, {
    missing_since: timestamp(since, run.environment.adapter.timestamps),
  });
}

async function discard(run: JobRun, error: unknown): Promise<Outcome> {
  await tellDiscarded(run, error);
  run.log("warn", { err: error }, `Discarded ${run.className}: ${thrownMessage(error)}`);
  return run.discarded();
}

function isGuarded(run: JobRun): boolean {
  const prototype = run.target?.runnable.prototype as
    { guardAgainstDeserializationErrors?(): boolean } | undefined;
  try {
    return prototype?.guardAgainstDeserializationErrors?.() ?? false;
  } catch (error) {
    const text = `guardAgainstDeserializationErrors of ${run.className} threw; the job is not dropped`;
    run.log("warn", { err: error }, text);
    return false;
  }
}
