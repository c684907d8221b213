import type { FetchedJob, Outcome } from "../../adapters/adapter.ts";
import { readRecord as readObject, timestamp, type JobRecord } from "../../adapters/job-record.ts";
import { editPayload } from "../../adapters/payload.ts";
import { UNREADABLE, wrapped, type Whereabouts } from "../../adapters/presentable.ts";
import { DeserializationError } from "../../serialization/deserialization-error.ts";
import { clock } from "../../support/clock.ts";
import { logSafely } from "../../support/logger.ts";
import { thrownMessage } from "../../support/thrown.ts";
import { activeJobIn, isWrapper } from "../record/active-job.ts";
import { describeType } from "../checks/checks.ts";
import { adoptContinuation } from "../record/continuation.ts";
import { isCount } from "../record/failure-fields.ts";
import { publishUnreadable } from "../observe/observe.ts";
import type { RunEnvironment } from "../settings/run-environment.ts";

/** @throws {DeserializationError} if the payload is not the JSON text of a job. */
export function readRecord(payload: string): JobRecord {
  let record: Partial<JobRecord> | null;
  try {
    record = JSON.parse(payload) as Partial<JobRecord> | null;
  } catch {
    // The parser's own message quotes the payload, which may be secret.
    throw unreadable("it is not JSON");
  }
  if (typeof record !== "object" || record === null || Array.isArray(record)) {
    throw unreadable("it is JSON, but not an object");
  }
  if (typeof record.class !== "string") {
    throw unreadable(`its "class" should be a string and is ${describeType(record.class)}`);
  }
  if (!Array.isArray(record.args)) {
    throw unreadable(`its "args" should be an array and is ${describeType(record.args)}`);
  }
  if (typeof record.jid !== "string") {
    throw unreadable(`its "jid" should be a string and is ${describeType(record.jid)}`);
  }
  if (record.class === UNREADABLE) {
    throw unreadable("it was buried before, and nothing about it has changed");
  }
  if (isWrapper(record.class)) {
    unwrap(record as JobRecord);
  }
  return record as JobRecord;
}

/** What Active Job notes in the job that it wraps is ours to know beside it. */
function unwrap(record: JobRecord): void {
  const activeJob = activeJobIn(record);
  if (activeJob === undefined) {
    throw unreadable('it wraps an Active Job that has no "job_class", or no "arguments"');
  }
  if (activeJob["continuation"] !== undefined) {
    adoptContinuation(record, activeJob);
  }
  if (isCount(activeJob.executions)) {
    record.executions = Math.max(
      isCount(record.executions) ? record.executions : 0,
      activeJob.executions,
    );
  }
}

/** What cannot be read cannot be retried: it is kept in the dead set, for a person to look at. */
export async function outcomeOfUnreadable(
  fetched: FetchedJob,
  error: unknown,
  environment: RunEnvironment,
): Promise<Outcome> {
  const { logger } = environment;
  logSafely(logger, "error", { err: error, queue: fetched.queue }, thrownMessage(error));
  for (const handler of environment.errorHandlers) {
    try {
      await handler(error, undefined);
    } catch (handlerError) {
      logSafely(logger, "error", { err: handlerError }, "An error handler threw");
    }
  }
  const jid = jidOf(fetched);
  const payload = annotated(
    fetched,
    { jid, stamp: timestamp(clock.now(), environment.adapter.timestamps) },
    error,
  );
  const outcome: Outcome = { job: fetched, jid, kind: "dead", payload };
  publishUnreadable(outcome, error);
  return outcome;
}

/** In a record that Sidekiq's pages can show, with the error. */
function annotated(
  { payload, queue }: FetchedJob,
  { jid, stamp }: Pick<Whereabouts, "jid" | "stamp">,
  error: unknown,
): string {
  const isWrapped = readObject(payload)?.class === UNREADABLE;
  return editPayload(isWrapped ? payload : wrapped(payload, { jid, queue, stamp }), {
    enqueued_at: undefined,
    queue,
    error_class: "DeserializationError",
    // What was said of it first says what it is.
    ...(isWrapped ? {} : { error_message: thrownMessage(error) }),
    failed_at: stamp,
    retry_count: 0,
  });
}

function jidOf({ payload }: FetchedJob): string | undefined {
  const jid: unknown = readObject(payload)?.jid;
  return typeof jid === "string" ? jid : undefined;
}

function unreadable(reason: string): DeserializationError {
  return new DeserializationError(
    `Cannot read a payload as a job: ${reason}. ` +
      "It is kept in the dead set: look at what enqueued it, then delete it there",
  );
}
