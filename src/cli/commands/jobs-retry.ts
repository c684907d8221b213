import type { JobSet } from "../../inspection/lists/job-set.ts";
import { changeCommand } from "../operating/change-jobs.ts";
import type { ProgramCommand } from "../program-command.ts";

export const jobsRetryCommand: ProgramCommand = changeCommand({
  verb: "retry",
  done: "Retried",
  summary: "put failed, dead, finished jobs on their queues",
  places: ["retry", "dead", "finished"],
  usual: "retry",
  isFinal: false,
  one: (entry) => entry.retry(),
  all: (jobs, selection, options) => (jobs as JobSet).retryAll(selection, options),
});
