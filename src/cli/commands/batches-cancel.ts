import { batchBy } from "../operating/batches.ts";
import { consents, YES } from "../operating/consent.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";

export const batchesCancelCommand: ProgramCommand = defineCommand({
  name: "batches cancel",
  summary: "cancel all jobs of a batch",
  operands: { usage: "ID", least: 1, most: 1 },
  options: { ...YES, ...STORE_OPTIONS },
  run: ({ values, positionals: [id = ""], terminal }) =>
    withStore(values, async (adapter) => {
      const batch = await batchBy(id, adapter);
      if (!(await consents(`Cancel batch ${id}`, { yes: values.yes, terminal }))) {
        return 1;
      }
      if (await batch.cancel()) {
        terminal.print(`Cancelled batch ${id}`);
        return 0;
      }
      terminal.note(`Batch ${id} is over, or was cancelled before`);
      return 1;
    }),
});
