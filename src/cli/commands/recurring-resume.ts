import { RecurringJobHandle } from "../../recurring/recurring-job.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";

export const recurringResumeCommand: ProgramCommand = defineCommand({
  name: "recurring resume",
  summary: "go on with what was paused",
  operands: { usage: "KEY…", least: 1, most: Infinity },
  options: STORE_OPTIONS,
  run: ({ values, positionals, terminal }) =>
    withStore(values, async (adapter) => {
      for (const key of positionals) {
        await new RecurringJobHandle(key, adapter).resume();
        terminal.print(`Resumed ${key}`);
      }
    }),
});
