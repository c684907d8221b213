import { RecurringJobHandle } from "../../recurring/recurring-job.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";

export const recurringPauseCommand: ProgramCommand = defineCommand({
  name: "recurring pause",
  summary: "enqueue nothing until it is resumed",
  operands: { usage: "KEY…", least: 1, most: Infinity },
  options: STORE_OPTIONS,
  run: ({ values, positionals, terminal }) =>
    withStore(values, async (adapter) => {
      for (const key of positionals) {
        await new RecurringJobHandle(key, adapter).pause();
        terminal.print(`Paused ${key}`);
      }
    }),
});
