import type { ProgramCommand } from "../program-command.ts";
import { WORKER_HELP } from "../usage.ts";
import { WORKER_OPTIONS } from "../worker-arguments.ts";

/** The worker writes a log, where other commands write an answer. */
export const workerCommand: ProgramCommand = {
  name: "worker",
  summary: "run jobs until told to stop",
  options: WORKER_OPTIONS,
  words: [],
  help: WORKER_HELP,
  run: async (argv) => {
    // Only now: what works off jobs is half of the program, and the other commands wait for none of
    // it.
    const { runWorkerCommand } = await import("../worker-command.ts");
    return runWorkerCommand(argv);
  },
};
