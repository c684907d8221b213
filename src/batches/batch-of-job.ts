import { runningJob } from "../job/surroundings/current-job.ts";
import { settings } from "../job/settings/settings.ts";
import { Batch } from "./batch.ts";
import { batchIn } from "./running-batch.ts";

/** The batch of the job that the caller runs in. */
export function runningBatch(): Batch | undefined {
  const record = runningJob()?.job.record;
  const id = record && batchIn(record);
  return id === undefined ? undefined : new Batch(id, settings().adapter);
}
