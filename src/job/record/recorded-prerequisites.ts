import type { JobRecord } from "../../adapters/job-record.ts";
import { activeJobIn, prereqsOfRuby } from "./active-job.ts";

/**
 * The jids of the jobs that a record's job waits for: what `defer` wrote, or what Ruby's
 * `defer(…, prereq_jobs: […])` hands to its MandateJob among the keywords.
 *
 * @returns `undefined` if it waits for none.
 */
export function prereqsOf(record: JobRecord): readonly string[] | undefined {
  const { prereq_jobs: ours } = record;
  const activeJob = activeJobIn(record);
  if (ours === undefined && activeJob === undefined) {
    return undefined;
  }
  const rubys = activeJob === undefined ? [] : prereqsOfRuby(activeJob);
  const all: readonly unknown[] = Array.isArray(ours) ? [...ours, ...rubys] : rubys;
  const jids = new Set(all.filter((jid) => typeof jid === "string" && jid !== ""));
  return jids.size === 0 ? undefined : ([...jids] as string[]);
}
