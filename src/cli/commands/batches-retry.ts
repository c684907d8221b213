import { countOf } from "../../support/wording.ts";
import { batchBy } from "../operating/batches.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";

export const batchesRetryCommand: ProgramCommand = defineCommand({
  name: "batches retry",
  summary: "put its dead jobs on their queues",
  operands: { usage: "ID", least: 1, most: 1 },
  options: STORE_OPTIONS,
  run: ({ values, positionals: [id = ""], terminal }) =>
    withStore(values, async (adapter) => {
      const count = await (await batchBy(id, adapter)).retryDead();
      if (count === 0) terminal.note(`Batch ${id} has no dead jobs`);
      else terminal.print(`Retried ${countOf(count, "job")} of batch ${id}`);
    }),
});
