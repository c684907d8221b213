import { changeCommand } from "../operating/change-jobs.ts";
import type { ProgramCommand } from "../program-command.ts";

export const jobsPromoteCommand: ProgramCommand = changeCommand({
  action: "promote",
  done: "Promoted",
  summary: "put scheduled and blocked jobs on their queues now",
});
