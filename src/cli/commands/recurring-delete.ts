import { RecurringJobHandle } from "../../recurring/recurring-job.ts";
import { consents, YES } from "../operating/consent.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";

export const recurringDeleteCommand: ProgramCommand = defineCommand({
  name: "recurring delete",
  summary: "forget a recurring job that was defined at run time",
  operands: { usage: "KEY", least: 1, most: 1 },
  options: { ...YES, ...STORE_OPTIONS },
  run: ({ values, positionals: [key = ""], terminal }) =>
    withStore(values, async (adapter) => {
      const job = await new RecurringJobHandle(key, adapter).read();
      const deed = `Delete recurring job ${key}`;
      if (!(await consents(deed, { yes: values.yes, terminal }))) {
        return 1;
      }
      await job.delete();
      terminal.print(`Deleted ${key}`);
      return 0;
    }),
});
