import { changeCommand } from "../operating/change-jobs.ts";
import type { ProgramCommand } from "../program-command.ts";

export const jobsRetryCommand: ProgramCommand = changeCommand({
  action: "retry",
  done: "Retried",
  summary: "put failed, dead, finished jobs on their queues",
  usual: "retry",
});
