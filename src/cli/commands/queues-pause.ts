import { queue } from "../../inspection/lists/queue.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { countOf } from "../../support/wording.ts";

export const queuesPauseCommand: ProgramCommand = defineCommand({
  name: "queues pause",
  summary: "keep workers from fetching; jobs may still be enqueued",
  operands: { usage: "NAME…", least: 1, most: Infinity },
  options: STORE_OPTIONS,
  run: ({ values, positionals, terminal }) =>
    withStore(values, async (adapter) => {
      for (const name of positionals) {
        const paused = queue(name, adapter);
        await paused.pause();
        terminal.print(`Paused ${name}: ${countOf(await paused.size(), "job")} in it`);
      }
    }),
});
