import { RecurringJobHandle } from "../../recurring/recurring-job.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";

export const recurringRunCommand: ProgramCommand = defineCommand({
  name: "recurring run",
  summary: "enqueue a recurring job's job once, now",
  operands: { usage: "KEY", least: 1, most: 1 },
  options: STORE_OPTIONS,
  run: ({ values, positionals: [key = ""], terminal }) =>
    withStore(values, async (adapter) => {
      terminal.print(await new RecurringJobHandle(key, adapter).runNow());
    }),
});
