import { stats } from "../../inspection/figures/stats.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { tableLines } from "../terminal/layout.ts";
import { counted, spoken } from "../../support/wording.ts";
import { jsonLine } from "../../support/printable.ts";

export const statsCommand: ProgramCommand = defineCommand({
  name: "stats",
  summary: "count what waits, runs and failed",
  options: { ...STORE_OPTIONS, json: { type: "boolean", about: "as JSON" } },
  run: ({ values, terminal }) =>
    withStore(values, async (adapter) => {
      const found = await stats(adapter);
      if (values.json === true) {
        terminal.print(jsonLine(JSON.stringify(found)));
        return;
      }
      const { processed, failed, enqueued, scheduled, retry, dead, blocked } = found;
      const { running, fetchedAhead } = found;
      const counts = { processed, failed, enqueued, running };
      const waiting = { scheduled, retry, blocked, dead };
      const rows = [
        ...Object.entries(counts),
        ["fetched ahead", fetchedAhead] as const,
        ...Object.entries(waiting),
      ].map(([name, count]) => [name, counted(count)]);
      rows.push(["finished, kept", counted(found.finished)]);
      rows.push(["processes", counted(found.processes)]);
      rows.push(["default latency", spoken(found.defaultQueueLatency)]);
      const lines = tableLines([{ title: "" }, { title: "", right: true }], rows, terminal.columns);
      lines.slice(1).forEach((line) => terminal.print(line));
    }),
});
