import type { ProgramCommand } from "../program-command.ts";
import { WORKER_HELP } from "../usage.ts";
import { WORKER_OPTIONS } from "../worker-arguments.ts";
import { runWorkerCommand } from "../worker-command.ts";

/** It writes a log, where the others write an answer. */
export const workerCommand: ProgramCommand = {
  name: "worker",
  summary: "run jobs until told to stop",
  options: WORKER_OPTIONS,
  words: [],
  help: WORKER_HELP,
  run: (argv) => runWorkerCommand(argv),
};
