import type { JobSet } from "../../inspection/lists/job-set.ts";
import { changeCommand } from "../operating/change-jobs.ts";
import type { ProgramCommand } from "../program-command.ts";

export const jobsPromoteCommand: ProgramCommand = changeCommand({
  verb: "promote",
  done: "Promoted",
  summary: "put scheduled and blocked jobs on their queues now",
  places: ["scheduled", "blocked"],
  usual: undefined,
  isFinal: false,
  one: (entry) => entry.retry(),
  all: (jobs, selection, options) => (jobs as JobSet).retryAll(selection, options),
});
