import type { Adapter } from "../../adapters/adapter.ts";
import { checkOptionNames } from "../../job/checks/checks.ts";
import { settings } from "../../job/settings/settings.ts";
import { JobSet } from "../lists/job-set.ts";
import { listsAt, type JobPlace } from "../lists/jobs.ts";
import type { PassOptions, PassProgress } from "../lists/pass.ts";
import { RunningJobs } from "../lists/running-jobs.ts";
import type { JobSelection } from "../lists/selection.ts";
import { ACTIONS, type JobAction } from "./actions.ts";
import { checkAction } from "./check-action.ts";

/** How far a change of many jobs has got: queue after queue, set after set. */
export interface ChangeProgress extends PassProgress {
  /** Where it is. */
  readonly place: JobPlace;
  /** In which queue; `undefined` where that is no queue. */
  readonly queue: string | undefined;
  /**
   * Jobs changed in all, those of the queues and sets before included; in a dry run, jobs that fit.
   */
  readonly changed: number;
}

/** How many jobs are to be changed. */
export interface ChangeJobsOptions {
  /** Where: each must be one with jobs that the action can be done to. */
  readonly places: readonly JobPlace[];
  /** Counts them, and leaves them. @default false */
  readonly dryRun?: boolean;
  /** Called after each slice of some hundred jobs. */
  readonly onProgress?: (progress: ChangeProgress) => void;
  /**
   * Ends it between two slices: what was done stays done, the others are as they were. It rejects
   * with its reason.
   */
  readonly signal?: AbortSignal;
}

/**
 * Does something to all selected jobs of some places: retries, promotes, kills, cancels or deletes
 * them. It reads page by page, however many there are. What comes meanwhile, such as a job that
 * fails again, is left.
 *
 * @param selection `{}` for all of them.
 * @param adapter @default the one of `configure`
 * @returns how many were changed; in a dry run, how many would be.
 * @throws {TypeError} if there is no such action, it cannot be done to the jobs of a place, or a
 *   field is undefined.
 * @throws {UnknownOptionError} if there is no such field or option.
 *
 * @example
 * ```ts
 * import { changeJobs } from "mandate";
 *
 * const failed = { command: "SendInvoice", errorClass: "SmtpBusyError" };
 * const count = await changeJobs("retry", failed, { places: ["retry", "dead"], dryRun: true });
 * if (count < 1_000) {
 *   await changeJobs("retry", failed, { places: ["retry", "dead"] });
 * }
 * ```
 */
export async function changeJobs(
  action: JobAction,
  selection: JobSelection,
  options: ChangeJobsOptions,
  adapter: Adapter = settings().adapter,
): Promise<number> {
  const names = ["places", "dryRun", "onProgress", "signal"];
  checkOptionNames(options, names, "the options of changeJobs");
  const { places, dryRun = false, onProgress, signal } = options;
  checkAction(action, places);
  const parts: Part[] = [];
  for (const place of places) {
    parts.push(...(await partsOf(place, { action, selection, adapter })));
  }
  let changed = 0;
  for (const { place, queue, count, act } of parts) {
    const before = changed;
    const told = (progress: PassProgress): void =>
      onProgress?.({ ...progress, place, queue, changed: before + progress.done });
    changed += await (dryRun ? count : act)({
      onProgress: told,
      ...(signal === undefined ? {} : { signal }),
    });
  }
  return changed;
}

/** Some of the jobs that an action is done to. */
interface Part {
  readonly place: JobPlace;
  readonly queue: string | undefined;
  readonly count: (options: PassOptions) => Promise<number>;
  readonly act: (options: PassOptions) => Promise<number>;
}

interface Change {
  readonly action: JobAction;
  readonly selection: JobSelection;
  readonly adapter: Adapter;
}

async function partsOf(
  place: JobPlace,
  { action, selection, adapter }: Change,
): Promise<readonly Part[]> {
  const { all, running } = ACTIONS[action];
  if (place === "running") {
    const jobs = new RunningJobs(adapter);
    return [
      {
        place,
        queue: undefined,
        count: () => jobs.count(selection),
        act: async (options) => running?.all(jobs, selection, options) ?? 0,
      },
    ];
  }
  const lists = await listsAt(place, adapter, selection.queue);
  // What is over a limit cannot be promoted.
  const meant = action === "promote" ? lists.filter((list) => list instanceof JobSet) : lists;
  return meant.map((list) => ({
    place,
    queue: list instanceof JobSet ? undefined : list.name,
    count: (options) => list.count(selection, options),
    act: (options) => all(list, selection, options),
  }));
}
