import { changeCommand } from "../operating/change-jobs.ts";
import type { ProgramCommand } from "../program-command.ts";

export const jobsKillCommand: ProgramCommand = changeCommand({
  verb: "kill",
  done: "Killed",
  summary: "move waiting jobs to the dead set",
  places: ["queue", "retry", "scheduled", "blocked"],
  usual: undefined,
  // The dead set is bounded: what is killed may push out what died.
  isFinal: true,
  one: (entry) => entry.kill(),
  all: (jobs, selection, options) => jobs.killAll(selection, options),
});
