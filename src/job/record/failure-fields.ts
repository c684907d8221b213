import type { Adapter, FetchedJob } from "../../adapters/adapter.ts";
import { timestamp, type JobRecord } from "../../adapters/job-record.ts";
import type { PayloadChanges } from "../../adapters/payload.ts";
import { isTime, repairs } from "../../adapters/presentable.ts";
import { clock } from "../../support/clock.ts";
import { thrownMessage, thrownName, wellFormed } from "../../support/thrown.ts";
import { backtraceField } from "./backtrace.ts";
import { withCurrentKey } from "./encrypted-arguments.ts";
import { noCounts } from "./put-back.ts";

/** Sidekiq's limit. */
const LONGEST_MESSAGE = 10_000;

/** What a failure writes into a record; `undefined` removes what was there. */
export interface FailureFields {
  readonly [field: string]: unknown;
  /** Where the job comes back to. */
  readonly queue: string;
  /** Runs that failed, this one included. */
  readonly executions: number;
}

/** What a run was of. */
interface Ran {
  readonly record: JobRecord;
  readonly fetched: FetchedJob;
  readonly environment: { readonly adapter: Pick<Adapter, "timestamps"> };
}

/** @see Sidekiq 8.1 `job_retry.rb` */
export function failureFields(
  { record, fetched, environment }: Ran,
  error: unknown,
): FailureFields {
  const now = timestamp(clock.now(), environment.adapter.timestamps);
  const count = nextCount(record);
  const { retry_queue: retryQueue, executions } = record;
  return {
    ...repairs(record, { jid: record.jid, queue: fetched.queue }),
    ...withCurrentKey(record),
    enqueued_at: undefined,
    ...noCounts,
    queue: typeof retryQueue === "string" && retryQueue !== "" ? retryQueue : fetched.queue,
    error_class: thrownName(error),
    error_message: wellFormed(thrownMessage(error).slice(0, LONGEST_MESSAGE)),
    error_backtrace: backtraceField(error, record.backtrace),
    ...(isCount(record.retry_count) ? { retried_at: now } : {}),
    ...(isCount(record.retry_count) && isTime(record.failed_at) ? {} : { failed_at: now }),
    retry_count: count,
    executions: (isCount(executions) ? executions : 0) + 1,
  };
}

/** What a run that is no failure changes. */
export function renewedFields({
  record,
  fetched,
}: Pick<Ran, "record" | "fetched">): PayloadChanges {
  return {
    ...repairs(record, { jid: record.jid, queue: fetched.queue }),
    ...withCurrentKey(record),
    enqueued_at: undefined,
  };
}

/**
 * Retries so far, once this failure counts: 0 for the first. "Retry now" in Sidekiq's UI leaves a
 * -1.
 */
export function nextCount({ retry_count: count }: JobRecord): number {
  return isCount(count) ? count + 1 : 0;
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
