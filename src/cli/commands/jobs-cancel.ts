import { changeCommand } from "../operating/change-jobs.ts";
import type { ProgramCommand } from "../program-command.ts";

export const jobsCancelCommand: ProgramCommand = changeCommand({
  action: "cancel",
  done: "Cancelled",
  summary: "delete waiting jobs, tell running ones to end",
});
