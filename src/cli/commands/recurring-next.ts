import { RecurringJobHandle } from "../../recurring/recurring-job.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { UsageError } from "../usage.ts";

const MOST = 1_000;

export const recurringNextCommand: ProgramCommand = defineCommand({
  name: "recurring next",
  summary: "list when a recurring job is due next",
  operands: { usage: "KEY", least: 1, most: 1 },
  options: {
    ...STORE_OPTIONS,
    count: { type: "string", short: "n", value: "COUNT", about: "how many (default: 5)" },
  },
  run: ({ values, positionals: [key = ""], terminal }) =>
    withStore(values, async (adapter) => {
      const count = Number(values.count ?? 5);
      if (!Number.isInteger(count) || count < 1 || count > MOST) {
        throw new UsageError(`Cannot use --count ${values.count}: give a number from 1 to ${MOST}`);
      }
      const times = (await new RecurringJobHandle(key, adapter).read()).nextRuns(count);
      times.forEach((time) => terminal.print(time.toISOString()));
      if (times.length === 0) {
        terminal.note(`Recurring job ${key} is not due any more, or paused`);
      }
    }),
});
