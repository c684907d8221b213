import type { Adapter } from "../../adapters/adapter.ts";
import type { JobStatus } from "../../adapters/job-store.ts";
import { HIDDEN } from "../../encryption/hidden.ts";
import { readLeft } from "../../job/handle/left-text.ts";
import { progressIn, type Progress } from "../../job/handle/progress.ts";
import type { NoResultReason } from "../../job/handle/result-errors.ts";
import { prereqsOf } from "../../job/record/recorded-prerequisites.ts";
import { settings } from "../../job/settings/settings.ts";
import { blockedBy, type BlockedBy } from "./blocked-by.ts";
import { findJob } from "./find-job.ts";
import type { FoundJob } from "./jobs.ts";

/** Another job that one waits for, or that waits for it. */
export interface RelatedJob {
  /** The job's id. */
  readonly jid: string;
  /** Where the job is. */
  readonly status: JobStatus;
}

/**
 * What is kept of a job's end: the value that it came to as it is on the wire, global ids as text;
 * what it failed with; or why its value was not kept.
 */
export type KeptResult =
  | { readonly value: unknown }
  | { readonly errorClass: string; readonly errorMessage: string }
  | { readonly none: NoResultReason; readonly why: string };

/** All that is known of one job. */
export interface JobDetails extends FoundJob {
  /** How far it said last that it is; `undefined` where it has said nothing for an hour. */
  readonly progress: Progress | undefined;
  /** The jobs that it waits for, or waited for: the first 100. */
  readonly prerequisites: readonly RelatedJob[];
  /**
   * The limit that it is over, or the key that it waits for; of a dead one, the keys that keep it
   * from being tried again. None of others.
   */
  readonly blockedBy: readonly BlockedBy[];
  /**
   * Of a blocked job: the jids of all its prerequisites that are not over. `undefined` of others,
   * and where it does not say.
   */
  readonly waitsFor: readonly string[] | undefined;
  /** The blocked jobs that wait for it: the first 100. */
  readonly dependents: readonly RelatedJob[];
  /** What is kept of its end; `undefined` where nothing is. */
  readonly result: KeptResult | undefined;
}

/** Of how many related jobs the status is asked. */
const RELATED = 100;

/**
 * All that is known of one job: where it is, and what it waits for, what waits for it, how far it
 * is, and what it came to.
 *
 * @param jid Its id, as `defer` returned it.
 * @param adapter @default the one of `configure`
 * @returns `undefined` if there is no such job: it is over and not kept, or was never there.
 *
 * @example
 * ```ts
 * import { jobDetails } from "mandate";
 *
 * const details = await jobDetails("9e848942c7b62592be4d7287");
 * for (const { jid, status } of details?.prerequisites ?? []) {
 *   console.log("waits for", jid, status);
 * }
 * ```
 */
export async function jobDetails(
  jid: string,
  adapter: Adapter = settings().adapter,
): Promise<JobDetails | undefined> {
  const found = await findJob(jid, {}, adapter);
  if (found === undefined) {
    return undefined;
  }
  const { place, entry } = found;
  const { record } = entry;
  const prereqs = record && prereqsOf(record);
  const [[noted], [end], dependents, obstacles] = await Promise.all([
    adapter.notes.readProgress([jid]),
    adapter.notes.readEnds([jid]),
    adapter.store.dependents(jid, RELATED),
    blockedBy(jid, found, adapter),
  ]);
  return {
    ...found,
    progress: progressIn(noted),
    prerequisites: await related(adapter, prereqs?.slice(0, RELATED) ?? []),
    blockedBy: obstacles,
    waitsFor: place === "blocked" && prereqs ? await adapter.unfinished(prereqs) : undefined,
    dependents: await related(adapter, dependents),
    result: resultIn(end?.left),
  };
}

function related(adapter: Adapter, jids: readonly string[]): Promise<RelatedJob[]> {
  return Promise.all(jids.map(async (jid) => ({ jid, status: await adapter.status(jid) })));
}

function resultIn(text: string | undefined): KeptResult | undefined {
  const left = text === undefined ? undefined : readLeft(text);
  if (left === undefined) {
    return undefined;
  }
  if ("failed" in left) {
    return left.failed;
  }
  if ("encrypted" in left) {
    return { value: HIDDEN };
  }
  return "none" in left ? { none: left.none, why: left.why } : { value: left.args[0] };
}
