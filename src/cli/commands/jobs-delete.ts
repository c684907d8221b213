import { changeCommand } from "../operating/change-jobs.ts";
import type { ProgramCommand } from "../program-command.ts";

export const jobsDeleteCommand: ProgramCommand = changeCommand({
  action: "delete",
  done: "Deleted",
  summary: "delete waiting, dead and finished jobs",
});
