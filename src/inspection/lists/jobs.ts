import type { Adapter } from "../../adapters/adapter.ts";
import { checkOptionNames, describe } from "../../job/checks/checks.ts";
import { settings } from "../../job/settings/settings.ts";
import { didYouMean } from "../../support/nearest.ts";
import { heldJobs } from "./held-jobs.ts";
import type { JobEntry } from "../entries/job-entry.ts";
import { JobSet } from "./job-set.ts";
import { limitedJobs, QueueJobs } from "./queue-jobs.ts";
import type { RunningEntry } from "../entries/running-entry.ts";
import { matcherOf, type JobSelection } from "./selection.ts";

/**
 * Where a job is: with a worker, on a queue, or in one of the sets. Those of a queue that are over
 * a limit are "blocked", as are those that wait for other jobs.
 */
export type JobPlace =
  "running" | "queue" | "retry" | "scheduled" | "blocked" | "dead" | "finished";

/** Of jobs that are not finished, in the order in which they are looked at. */
export const UNFINISHED: readonly JobPlace[] = [
  "running",
  "queue",
  "retry",
  "scheduled",
  "blocked",
  "dead",
];

/** All there are. */
export const PLACES: readonly JobPlace[] = [...UNFINISHED, "finished"];

/** A job that was found, and where. */
export interface FoundJob {
  /** Where. */
  readonly place: JobPlace;
  /** The job. */
  readonly entry: JobEntry | RunningEntry;
}

/** Where to search, and until when. */
export interface SearchOptions {
  /**
   * Only there, in this order.
   *
   * @default everywhere but finished: running, queue, retry, scheduled, blocked, dead
   */
  readonly places?: readonly JobPlace[] | undefined;
  /** Ends the search between two pages, with an error; else leaving the loop does. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * All jobs that are not finished, or those selected, wherever they are: page by page, so that the
 * first are there at once, however many jobs have to be looked at. Jobs that move meanwhile may be
 * missed or seen twice.
 *
 * @param adapter @default the one of `configure`
 * @throws {UnknownOptionError} if there is no such field or option.
 * @throws {TypeError} if a field is undefined, or a place is none.
 *
 * @example
 * ```ts
 * import { jobs } from "mandate";
 *
 * for await (const { place, entry } of jobs({ globalId: "gid://app/User/42" })) {
 *   console.log(place, entry.className, entry.tags);
 * }
 * ```
 */
export async function* jobs(
  selection: JobSelection = {},
  options: SearchOptions = {},
  adapter: Adapter = settings().adapter,
): AsyncGenerator<FoundJob, void, void> {
  checkOptionNames(options, ["places", "signal"], "the options of jobs");
  const { places = UNFINISHED, signal } = options;
  places.forEach(checkPlace);
  for (const place of places) {
    if (place === "running") {
      const matches = matcherOf(selection, await adapter.store.now());
      for (const entry of (await heldJobs(adapter)).filter(matches)) {
        yield { place, entry };
      }
      continue;
    }
    for (const list of await listsAt(place, adapter, selection.queue)) {
      for await (const entry of list.each(selection, signal === undefined ? {} : { signal })) {
        yield { place, entry };
      }
    }
  }
}

/**
 * The lists that a place consists of: one for each queue, and of what is blocked one for each in
 * which jobs are over a limit.
 *
 * @param only One queue's name.
 */
export async function listsAt(
  place: Exclude<JobPlace, "running">,
  adapter: Adapter,
  only?: string,
): Promise<readonly (QueueJobs | JobSet)[]> {
  if (place === "queue") {
    const names = only === undefined ? await adapter.store.queueNames() : [only];
    return names.map((name) => new QueueJobs(adapter, name, false));
  }
  const limited = place === "blocked" ? await limitedJobs(adapter, only) : [];
  return [new JobSet(adapter, place), ...limited];
}

/** @throws {TypeError} if it is no place. */
export function checkPlace(place: unknown): void {
  if (!(PLACES as readonly unknown[]).includes(place)) {
    throw new TypeError(
      `Cannot search for jobs in ${describe(place)}: it is no place.${didYouMean(place, PLACES)} There are: ${PLACES.join(", ")}`,
    );
  }
}
