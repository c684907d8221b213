import type { Adapter } from "../../adapters/adapter.ts";
import type { JobStatus } from "../../adapters/job-store.ts";
import { heldJobs } from "../../inspection/lists/held-jobs.ts";
import { PLACES, type FoundJob, type JobPlace } from "../../inspection/lists/jobs.ts";
import { listsIn } from "./places.ts";

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
 * Finds a job by its jid. The store's index says where to look; a job that is not in it is looked for everywhere.
 *
 * @param places Looked at; those that a command can do something with.
 */
export async function findJob(
  adapter: Adapter,
  jid: string,
  places: readonly JobPlace[] = PLACES,
): Promise<FoundJob | undefined> {
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
  for (const { jobs } of await listsIn(place, adapter)) {
    const entry = await jobs.find(jid);
    if (entry !== undefined) {
      return entry;
    }
  }
  return undefined;
}
