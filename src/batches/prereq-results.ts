import { readBatchEvent } from "../adapters/batches.ts";
import type { JobEnd } from "../adapters/job-notes.ts";
import { outputOf } from "../job/handle/await-result.ts";
import type { ResultOf } from "../job/defer/handle-of.ts";
import { NotInJobError } from "../job/inside/requeue.ts";
import { prereqsOf } from "../job/record/recorded-prerequisites.ts";
import { settings } from "../job/settings/settings.ts";
import { runningJob } from "../job/surroundings/current-job.ts";

/** Jobs whose ends the store is asked for at once. */
const SLICE = 500;

/** What prerequisites come to, of their classes or of what `prepare` returned. */
export type PrereqResults<Jobs extends readonly unknown[]> = {
  [Place in keyof Jobs]: Jobs[Place] extends { result(...args: never): Promise<infer Output> }
    ? Output
    : ResultOf<Jobs[Place]>;
};

/**
 * The kept results of what the running job waited for, in that order.
 *
 * @throws {NotInJobError} outside of a job.
 * @throws {JobFailedError} if one of them was no success.
 * @throws {ResultUnavailableError} if one of them left none.
 */
export async function prereqResults(): Promise<unknown[]> {
  const job = runningJob()?.job;
  if (job === undefined) {
    throw new NotInJobError(
      "Cannot get results of prerequisites: no job is running here. " +
        "Call prereqResults in a command that was deferred, and check this.job where it is called inline too",
    );
  }
  const { adapter } = settings();
  const jids = (prereqsOf(job.record) ?? []).filter((jid) => readBatchEvent(jid) === undefined);
  const results: unknown[] = [];
  for (let from = 0; from < jids.length; from += SLICE) {
    const slice = jids.slice(from, from + SLICE);
    const ends = await adapter.notes.readEnds(slice);
    for (const [index, id] of slice.entries()) {
      const awaited = { id, className: "job" };
      results.push(await outputOf(awaited, adapter, ends[index] as JobEnd));
    }
  }
  return results;
}
