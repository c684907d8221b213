import type { JobPlace } from "../../inspection/lists/jobs.ts";

/** What the jobs of a place are called. */
export const PLACE_TITLES: Readonly<Record<JobPlace, string>> = {
  running: "Running",
  queue: "Queued",
  retry: "Retries",
  scheduled: "Scheduled",
  blocked: "Blocked",
  dead: "Dead",
  finished: "Finished",
};
