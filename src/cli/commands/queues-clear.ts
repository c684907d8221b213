import { queue } from "../../inspection/lists/queue.ts";
import { consents, YES } from "../operating/consent.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { countOf } from "../../support/wording.ts";

export const queuesClearCommand: ProgramCommand = defineCommand({
  name: "queues clear",
  summary: "delete all jobs of a queue",
  operands: { usage: "NAME", least: 1, most: 1 },
  options: { ...YES, ...STORE_OPTIONS },
  run: ({ values, positionals: [name = ""], terminal }) =>
    withStore(values, async (adapter) => {
      const cleared = queue(name, adapter);
      const size = await cleared.size();
      if (size === 0 && values.yes !== true) {
        terminal.note(`There are no jobs in queue ${name}`);
        return 0;
      }
      const deed = `Delete ${countOf(size, "job")} of queue ${name}`;
      if (!(await consents(deed, { yes: values.yes, terminal }))) {
        return 1;
      }
      terminal.print(`Deleted ${countOf(await cleared.clear(), "job")} of queue ${name}`);
      return 0;
    }),
});
