import type { Adapter } from "../../adapters/adapter.ts";
import type { JobEnd } from "../../adapters/job-notes.ts";
import type { JobRecord } from "../../adapters/job-record.ts";
import { seconds, type Duration } from "../../support/duration.ts";
import { checkOptionNames } from "../checks/checks.ts";
import { failureIn, readResult } from "./result-text.ts";
import { waitForEnd } from "./end-watch.ts";
import { waitFor } from "./wait-for.ts";
import {
  JobFailedError,
  ResultTimeoutError,
  ResultUnavailableError,
  type AwaitedJob,
} from "./result-errors.ts";

/** For how long a result is waited for. */
export interface ResultOptions {
  /**
   * The longest time: a number of **seconds**, or a string such as `"5 minutes"`.
   *
   * @default "30 seconds"
   */
  readonly timeout?: Duration | undefined;
  /** Ends the waiting, which rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits for what a job comes to.
 *
 * @throws {JobFailedError} if it is dead, or was discarded or cancelled.
 * @throws {ResultUnavailableError} if it is over, and there is no result.
 * @throws {ResultTimeoutError} if it is not over in time, or the store does not answer.
 * @throws {DeserializationError} if a record that the result refers to is gone.
 * @throws {EncryptionKeyMissingError | DecryptionError} if it is encrypted, and cannot be read
 *   here.
 */
export async function awaitResult(
  job: AwaitedJob,
  adapter: Adapter,
  options: ResultOptions = {},
): Promise<unknown> {
  checkOptionNames(options, ["timeout", "signal"], `result of ${job.className}`);
  const { timeout = 30, signal } = options;
  const limit = seconds(timeout, `timeout of result of ${job.className}`);
  signal?.throwIfAborted();
  return waitFor<JobEnd, unknown>({
    wait: (waiter) => waitForEnd(adapter, job.id, waiter),
    outputOf: (end) => outputOf(job, adapter, end),
    limit,
    tooLate: (problem) => new ResultTimeoutError(job, limit, problem),
    signal,
  });
}

/**
 * What a job came to that has ended.
 *
 * @throws as `awaitResult`.
 */
export async function outputOf(
  job: AwaitedJob,
  adapter: Adapter,
  { state, left }: JobEnd,
): Promise<unknown> {
  if (state === "dead") {
    const failure = failureIn(job, left) ?? (await failureOfDead(adapter, job.id));
    throw new JobFailedError(job, { outcome: "dead", ...failure });
  }
  if (state === "cancelled") {
    throw new JobFailedError(job, { outcome: "cancelled", ...failureIn(job, left) });
  }
  if (left === undefined) {
    throw new ResultUnavailableError(
      job,
      "gone",
      "the job is over and has left none. Either the time for which it was kept has passed, or where it ran its class " +
        "did not ask for that (keepResult), or the job was deleted",
    );
  }
  return readResult(job, left);
}

/** Of one that left nothing, since an operator, or its third lost worker, buried it. */
async function failureOfDead(
  adapter: Adapter,
  jid: string,
): Promise<{ readonly errorClass?: string; readonly errorMessage?: string }> {
  try {
    const found = await adapter.store.find({ set: "dead" }, jid);
    const record = JSON.parse(found?.payload ?? "{}") as Partial<JobRecord>;
    const { error_class: errorClass, error_message: said } = record as Record<string, unknown>;
    const errorMessage = typeof said === "string" ? said : "";
    return typeof errorClass === "string" ? { errorClass, errorMessage } : {};
  } catch {
    // That the job is dead is known, and has to be said.
    return {};
  }
}
