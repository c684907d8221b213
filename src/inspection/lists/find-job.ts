import type { Adapter } from "../../adapters/adapter.ts";
import type { JobStatus } from "../../adapters/job-store.ts";
import { checkOptionNames } from "../../job/checks/checks.ts";
import { settings } from "../../job/settings/settings.ts";
import { heldJobs } from "./held-jobs.ts";
import { checkPlace, listsAt, PLACES, type FoundJob, type JobPlace } from "./jobs.ts";

/** Where a job of that status is; a job that Ruby enqueued has none. */
const STATUS_PLACES: Readonly<Partial<Record<JobStatus, JobPlace>>> = {
  scheduled: "scheduled",
  blocked: "blocked",
  enqueued: "queue",
  running: "running",
  retrying: "retry",
  dead: "dead",
  finished: "finished",
};

/**
 * Finds a job by its jid, wherever it is. The store's index says where to look first; a job that is
 * not in it, such as one that Ruby enqueued, is looked for page by page.
 *
 * @param jid Its id, as `defer` returned it.
 * @param options `places`: look only there. @default everywhere
 * @param adapter @default the one of `configure`
 * @returns `undefined` if there is none: it is over and not kept, or was never there.
 *   `jobById(jid).status()` tells these apart.
 * @throws {UnknownOptionError} if there is no such option.
 * @throws {TypeError} if a place is none.
 *
 * @example
 * ```ts
 * import { findJob } from "mandate";
 *
 * const found = await findJob("9e848942c7b62592be4d7287");
 * console.log(found?.place, found?.entry.className, found?.entry.errorMessage);
 * ```
 */
export async function findJob(
  jid: string,
  options: { readonly places?: readonly JobPlace[] } = {},
  adapter: Adapter = settings().adapter,
): Promise<FoundJob | undefined> {
  checkOptionNames(options, ["places"], "the options of findJob");
  const { places = PLACES } = options;
  places.forEach(checkPlace);
  const known = STATUS_PLACES[await adapter.status(jid)];
  const first = known !== undefined && places.includes(known) ? [known] : [];
  for (const place of new Set([...first, ...places])) {
    const entry = await findIn(adapter, jid, place);
    if (entry !== undefined) {
      return { place, entry };
    }
  }
  return undefined;
}

async function findIn(
  adapter: Adapter,
  jid: string,
  place: JobPlace,
): Promise<FoundJob["entry"] | undefined> {
  if (place === "running") {
    return (await heldJobs(adapter)).find(({ id }) => id === jid);
  }
  for (const list of await listsAt(place, adapter)) {
    const entry = await list.find(jid);
    if (entry !== undefined) {
      return entry;
    }
  }
  return undefined;
}
