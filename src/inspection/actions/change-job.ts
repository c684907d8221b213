import type { Adapter } from "../../adapters/adapter.ts";
import { checkOptionNames } from "../../job/checks/checks.ts";
import { settings } from "../../job/settings/settings.ts";
import { JobEntry } from "../entries/job-entry.ts";
import { blockedBy, type BlockedBy } from "../lists/blocked-by.ts";
import { findJob } from "../lists/find-job.ts";
import type { FoundJob, JobPlace } from "../lists/jobs.ts";
import { ACTIONS, type JobAction } from "./actions.ts";
import { checkAction } from "./check-action.ts";

/** What became of an action on one job. */
export interface JobChange {
  /** Whether it was done. */
  readonly done: boolean;
  /**
   * The job as it was found; where nothing was done, where it is instead, and `undefined` if it is
   * nowhere.
   */
  readonly found: FoundJob | undefined;
  /**
   * Where nothing was done to a dead job: the keys that keep it from being tried again, and who
   * holds them. Of one that is blocked, what it waits for. `undefined` where there is none.
   */
  readonly blockedBy: readonly BlockedBy[] | undefined;
}

/** How one job is to be changed. */
export interface ChangeJobOptions {
  /** Where it is looked for. @default every place with jobs that the action can be done to */
  readonly places?: readonly JobPlace[];
  /** Finds the job and says that it would be done, and leaves it. @default false */
  readonly dryRun?: boolean;
}

/**
 * Does something to one job, wherever it is: retries, promotes, kills, cancels or deletes it.
 *
 * @param jid Its id, as `defer` returned it.
 * @param adapter @default the one of `configure`
 * @throws {TypeError} if there is no such action, or it cannot be done to the jobs of a place.
 * @throws {UnknownOptionError} if there is no such option.
 *
 * @example
 * ```ts
 * import { changeJob } from "mandate";
 *
 * const { done, found } = await changeJob("retry", "9e848942c7b62592be4d7287");
 * if (!done) {
 *   console.log(found === undefined ? "It is gone" : `It is ${found.place}`);
 * }
 * ```
 */
export async function changeJob(
  action: JobAction,
  jid: string,
  options: ChangeJobOptions = {},
  adapter: Adapter = settings().adapter,
): Promise<JobChange> {
  checkOptionNames(options, ["places", "dryRun"], "the options of changeJob");
  checkAction(action, options.places);
  const { places = ACTIONS[action].places, dryRun = false } = options;
  const found = await findJob(jid, { places }, adapter);
  if (found !== undefined && (dryRun || (await act(action, found, adapter)))) {
    return { done: true, found, blockedBy: undefined };
  }
  const there = await findJob(jid, {}, adapter);
  const obstacles = there === undefined ? [] : await blockedBy(jid, there, adapter);
  return { done: false, found: there, blockedBy: obstacles.length > 0 ? obstacles : undefined };
}

async function act(action: JobAction, { entry }: FoundJob, adapter: Adapter): Promise<boolean> {
  const { one, running } = ACTIONS[action];
  return entry instanceof JobEntry
    ? one(entry, adapter)
    : ((await running?.one(entry, adapter)) ?? false);
}
