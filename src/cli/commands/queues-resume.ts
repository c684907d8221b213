import { queue } from "../../inspection/lists/queue.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";

export const queuesResumeCommand: ProgramCommand = defineCommand({
  name: "queues resume",
  summary: "let workers fetch from paused queues again",
  operands: { usage: "NAME…", least: 1, most: Infinity },
  options: STORE_OPTIONS,
  run: ({ values, positionals, terminal }) =>
    withStore(values, async (adapter) => {
      for (const name of positionals) {
        const paused = queue(name, adapter);
        const wasPaused = await paused.isPaused();
        await paused.resume();
        terminal.print(wasPaused ? `Resumed ${name}` : `${name} was not paused`);
      }
    }),
});
