import { changeCommand } from "../operating/change-jobs.ts";
import type { ProgramCommand } from "../program-command.ts";

export const jobsDeleteCommand: ProgramCommand = changeCommand({
  verb: "delete",
  done: "Deleted",
  summary: "delete waiting, dead and finished jobs",
  places: ["queue", "retry", "scheduled", "blocked", "dead", "finished"],
  usual: undefined,
  isFinal: true,
  one: (entry) => entry.delete(),
  all: (jobs, selection, options) => jobs.deleteAll(selection, options),
});
