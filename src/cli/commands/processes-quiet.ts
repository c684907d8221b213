import { quietProcess } from "../../inspection/figures/stats.ts";
import { signalCommand } from "../operating/signal-processes.ts";
import type { ProgramCommand } from "../program-command.ts";

export const processesQuietCommand: ProgramCommand = signalCommand({
  verb: "quiet",
  summary: "ask worker processes to fetch no more jobs",
  told: "to be quiet",
  send: quietProcess,
});
