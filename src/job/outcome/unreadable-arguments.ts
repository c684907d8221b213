import type { Outcome } from "../../adapters/adapter.ts";
import { editPayload } from "../../adapters/payload.ts";
import { DecryptionError, EncryptionKeyMissingError } from "../../encryption/encryption-errors.ts";
import { clock } from "../../support/clock.ts";
import { thrownMessage } from "../../support/thrown.ts";
import type { JobRun } from "../inside/job-run.ts";
import { decryptArguments } from "../record/encrypted-arguments.ts";
import { failureFields, isCount } from "../record/failure-fields.ts";
import { announceDeath, tell } from "./failure.ts";
import { withFailure } from "./run-end.ts";

/** Seconds. */
const FIRST_PAUSE = 5;
const LONGEST_PAUSE = 300;

/**
 * How a run ends of a job whose arguments are encrypted and cannot be read here, before anything of
 * its class has a say; `undefined` of all others.
 */
export function outcomeOfUnreadableArguments(run: JobRun): Outcome | Promise<Outcome> | undefined {
  const { encrypted, encrypt } = run.record;
  return encrypted === undefined && encrypt !== true ? undefined : outcomeOfEncrypted(run);
}

function outcomeOfEncrypted(run: JobRun): Outcome | Promise<Outcome> | undefined {
  try {
    if (run.record.encrypted === undefined) {
      throw ofSidekiqEnterprise(run);
    }
    decryptArguments(run.record);
    return undefined;
  } catch (error) {
    run.thrown = error;
    return error instanceof EncryptionKeyMissingError
      ? outcomeOfMissingKey(run, error)
      : outcomeOfDamaged(run, error);
  }
}

/**
 * Whoever started workers without a key will do better: until then nothing may be lost, no attempt
 * spent, and no queue buried. So the job waits among those that failed, for all to see, and comes
 * again, up to every five minutes.
 */
async function outcomeOfMissingKey(run: JobRun, error: Error): Promise<Outcome> {
  await tell(run, error);
  const {
    retry_count: retries,
    executions,
    failed_at: failedAt,
    locked_count: locked,
  } = run.record;
  const count = isCount(locked) ? Math.max(locked, 0) : 0;
  const delay = Math.min(FIRST_PAUSE * 2 ** Math.min(count, 10), LONGEST_PAUSE);
  const fields = failureFields(run, error);
  const payload = editPayload(run.fetched.payload, {
    ...fields,
    queue: run.fetched.queue,
    error_backtrace: undefined,
    retry_count: retries,
    executions,
    failed_at: failedAt ?? fields["failed_at"],
    locked_count: count + 1,
  });
  run.log(
    count === 0 ? "warn" : "info",
    { err: error, retryIn: delay },
    `Put back ${run.className}, again in ${delay} s: ${error.message}`,
  );
  const at = clock.now() + delay;
  const { queue } = run.fetched;
  return { ...run.settled(), kind: "retry", payload, queue, at, delay };
}

/** It can never succeed, and is kept whatever its class says of its dead: somebody tampered. */
async function outcomeOfDamaged(run: JobRun, error: unknown): Promise<Outcome> {
  await tell(run, error);
  await announceDeath(run, error);
  run.log("error", { err: error }, `Buried ${run.className}: ${thrownMessage(error)}`);
  const payload = editPayload(run.fetched.payload, failureFields(run, error));
  return withFailure(run, { ...run.settled(), kind: "dead", payload }, error);
}

function ofSidekiqEnterprise({ className, record }: JobRun): DecryptionError {
  return new DecryptionError(
    `the arguments of ${className} ${record.jid}`,
    'Sidekiq Enterprise encrypted the last one ("encrypt" in its record), and its form is not public. ' +
      "Let Ruby run the job: leave its queue to Ruby's workers, and retry it there",
  );
}
