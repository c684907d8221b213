import type { BatchStatus } from "../../batches/batch-status.ts";
import { jsonLine, printable } from "../../support/printable.ts";
import { counted, countOf, fromNow } from "../../support/wording.ts";
import { batchBy, stateOf } from "../operating/batches.ts";
import { graphLines } from "../operating/graph-lines.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { clipped } from "../terminal/layout.ts";

/** Failures that are shown. */
const MOST = 10;

export const batchesShowCommand: ProgramCommand = defineCommand({
  name: "batches show",
  summary: "show a batch, its failures, its graph",
  operands: { usage: "ID", least: 1, most: 1 },
  options: {
    ...STORE_OPTIONS,
    graph: { type: "boolean", about: "draw which job waits for which" },
    json: { type: "boolean", about: "as JSON" },
  },
  run: ({ values, positionals: [id = ""], terminal }) =>
    withStore(values, async (adapter) => {
      const batch = await batchBy(id, adapter);
      const status = await batch.status();
      const graph = values.graph === true ? await batch.graph() : undefined;
      if (values.json === true) {
        terminal.print(jsonLine(JSON.stringify({ ...status, graph })));
        return;
      }
      const now = await adapter.store.now();
      for (const [name, value] of facts(status, now)) {
        if (value !== undefined && value !== "") {
          terminal.print(
            `${terminal.colour("dim", `${name}:`.padEnd(13))}${clipped(value, terminal.columns - 13)}`,
          );
        }
      }
      for (const { jid, errorClass, errorMessage } of status.failures.slice(0, MOST)) {
        const line = `  ${jid}  ${errorClass}: ${printable(errorMessage)}`;
        terminal.print(clipped(line, terminal.columns));
      }
      if (graph !== undefined) {
        graphLines(graph, terminal.columns).forEach((line) => terminal.print(line));
        if (graph.jobs.length === 0) terminal.note("None of its jobs waits for another");
      }
    }),
});

function facts(
  status: BatchStatus,
  now: number,
): readonly (readonly [string, string | undefined])[] {
  const { total, pending, running, done, failed, dead, failures } = status;
  return [
    ["Batch", status.id],
    ["Description", status.description],
    ["State", stateOf(status)],
    ["Jobs", counted(total)],
    [
      "Pending",
      `${counted(pending)}, ${counted(running)} of them run, ${counted(failed)} are to be retried`,
    ],
    ["Done", counted(done)],
    ["Dead", counted(dead)],
    ["In batch", status.parent],
    ["Batches", status.children === 0 ? undefined : counted(status.children)],
    ["Created", fromNow(status.createdAt, now)],
    ["Complete", fromNow(status.completedAt, now)],
    ["Success", fromNow(status.succeededAt, now)],
    ["First death", fromNow(status.diedAt, now)],
    ["Cancelled", fromNow(status.cancelledAt, now)],
    ["Incomplete", status.incomplete ? "not all came that should" : undefined],
    ["Failures", failures.length === 0 ? undefined : countOf(failures.length, "job")],
  ];
}
