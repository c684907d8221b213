import type { JobRecord } from "../adapters/job-record.ts";
import { runningJob } from "../job/surroundings/current-job.ts";

/** The batch that counts the running job; `undefined` where it is of none, or a callback. */
export function batchOfRunningJob(): string | undefined {
  const record = runningJob()?.job.record;
  return record === undefined || record.batch_event !== undefined ? undefined : batchIn(record);
}

/** The batch that a record's job is of, or a callback of. Anybody may have written it. */
export function batchIn({ batch }: JobRecord): string | undefined {
  return typeof batch === "string" && /^\w+$/.test(batch) ? batch : undefined;
}
