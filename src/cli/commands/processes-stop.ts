import { stopProcess } from "../../inspection/figures/stats.ts";
import { signalCommand } from "../operating/signal-processes.ts";
import type { ProgramCommand } from "../program-command.ts";

export const processesStopCommand: ProgramCommand = signalCommand({
  verb: "stop",
  summary: "ask worker processes to stop",
  told: "to stop",
  send: stopProcess,
});
