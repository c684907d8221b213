import { cancelJob } from "../../inspection/figures/stats.ts";
import { changeCommand } from "../operating/change-jobs.ts";
import type { ProgramCommand } from "../program-command.ts";

export const jobsCancelCommand: ProgramCommand = changeCommand({
  verb: "cancel",
  done: "Cancelled",
  summary: "delete waiting jobs, tell running ones to end",
  places: ["running", "queue", "retry", "scheduled", "blocked"],
  usual: undefined,
  isFinal: true,
  one: async (entry, adapter) =>
    (await entry.cancel()) || (entry.id !== undefined && cancelJob(entry.id, adapter)),
  all: (jobs, selection, options) => jobs.cancelAll(selection, options),
  running: {
    one: async ({ id }, adapter) => id !== undefined && cancelJob(id, adapter),
    all: (jobs, selection, options) => jobs.cancelAll(selection, options),
  },
});
