import { allBatches } from "../../batches/known-batch.ts";
import type { BatchStatus } from "../../batches/batch-status.ts";
import { jsonLine } from "../../support/printable.ts";
import { counted, fromNow } from "../../support/wording.ts";
import { stateOf } from "../operating/batches.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { tableLines } from "../terminal/layout.ts";

/** More would be no list that anybody reads. */
const MOST = 100;

export const batchesListCommand: ProgramCommand = defineCommand({
  name: "batches list",
  summary: "list batches, and how far they are",
  options: {
    ...STORE_OPTIONS,
    json: { type: "boolean", about: "a line of JSON for each, of all" },
  },
  run: ({ values, terminal }) =>
    withStore(values, async (adapter) => {
      const found: BatchStatus[] = [];
      for await (const batch of allBatches(adapter)) {
        const status = await batch.status();
        if (values.json === true) terminal.print(jsonLine(JSON.stringify(status)));
        else if (found.push(status) === MOST) break;
      }
      if (values.json === true) return;
      if (found.length === 0) {
        terminal.note("There are no batches");
        return;
      }
      const now = await adapter.store.now();
      const [heading = "", ...lines] = tableLines(
        [
          { title: "BATCH", whole: true },
          { title: "STATE" },
          { title: "JOBS", right: true },
          { title: "PENDING", right: true },
          { title: "DONE", right: true },
          { title: "FAILED", right: true },
          { title: "DEAD", right: true },
          { title: "CREATED" },
          { title: "DESCRIPTION" },
        ],
        found.map((status) => [
          status.id,
          stateOf(status),
          ...[status.total, status.pending, status.done, status.failed, status.dead].map(counted),
          fromNow(status.createdAt, now),
          status.description ?? "",
        ]),
        terminal.columns,
      );
      terminal.print(terminal.colour("dim", heading));
      lines.forEach((line) => terminal.print(line));
    }),
});
