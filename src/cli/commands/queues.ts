import { queueStats } from "../../inspection/figures/queue-stats.ts";
import { remarksOnQueue } from "../operating/remarks.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { tableLines } from "../terminal/layout.ts";
import { counted, spoken } from "../../support/wording.ts";
import { jsonLine } from "../../support/printable.ts";

export const queuesCommand: ProgramCommand = defineCommand({
  name: "queues",
  summary: "list queues: jobs, latency, whether paused or limited",
  options: { ...STORE_OPTIONS, json: { type: "boolean", about: "a line of JSON for each" } },
  run: ({ values, terminal }) =>
    withStore(values, async (adapter) => {
      const found = await queueStats(adapter);
      if (values.json === true) {
        found.forEach((each) => terminal.print(jsonLine(JSON.stringify(each))));
        return;
      }
      if (found.length === 0) {
        terminal.note("There are no queues: nothing was enqueued yet");
        return;
      }
      const [heading = "", ...lines] = tableLines(
        [
          { title: "QUEUE" },
          { title: "JOBS", right: true },
          { title: "LATENCY", right: true },
          { title: "" },
        ],
        found.map((each) => [
          each.name,
          counted(each.size),
          spoken(each.latency),
          remarksOnQueue(each),
        ]),
        terminal.columns,
      );
      terminal.print(terminal.colour("dim", heading));
      lines.forEach((line, index) =>
        terminal.print(found[index]?.paused === true ? terminal.colour("yellow", line) : line),
      );
    }),
});
