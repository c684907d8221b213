import { changeCommand } from "../operating/change-jobs.ts";
import type { ProgramCommand } from "../program-command.ts";

export const jobsDeleteCommand: ProgramCommand = changeCommand({
  verb: "delete",
  done: "Deleted",
  summary: "delete waiting and dead jobs",
  places: ["queue", "retry", "scheduled", "blocked", "dead"],
  usual: undefined,
  isFinal: true,
  one: (entry) => entry.delete(),
  all: (jobs, selection, options) => jobs.deleteAll(selection, options),
});
