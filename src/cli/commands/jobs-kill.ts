import { changeCommand } from "../operating/change-jobs.ts";
import type { ProgramCommand } from "../program-command.ts";

export const jobsKillCommand: ProgramCommand = changeCommand({
  action: "kill",
  done: "Killed",
  summary: "move waiting jobs to the dead set",
});
