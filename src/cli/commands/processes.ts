import type { WorkerState } from "../../adapters/job-store.ts";
import { processes, running } from "../../inspection/figures/stats.ts";
import { busyOf } from "../../inspection/figures/busy.ts";
import { remarksOn } from "../operating/remarks.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { tableLines } from "../terminal/layout.ts";
import { spoken } from "../../support/wording.ts";
import { jsonLine } from "../../support/printable.ts";

export const processesCommand: ProgramCommand = defineCommand({
  name: "processes",
  summary: "list worker processes, Ruby's too: how busy they are",
  options: { ...STORE_OPTIONS, json: { type: "boolean", about: "a line of JSON for each" } },
  run: ({ values, terminal }) =>
    withStore(values, async (adapter) => {
      const found = await processes(adapter);
      if (values.json === true) {
        found.forEach((each) => terminal.print(jsonLine(JSON.stringify(each))));
        return;
      }
      if (found.length === 0) {
        terminal.note("No worker process is alive: nothing runs. Start one with mandate worker");
        return;
      }
      const [now, jobs] = await Promise.all([adapter.store.now(), running(adapter)]);
      const [heading = "", ...lines] = tableLines(
        [
          { title: "IDENTITY", whole: true },
          { title: "BUSY", right: true },
          { title: "UP", right: true },
          { title: "SEEN", right: true },
          { title: "QUEUES" },
          { title: "" },
        ],
        found.map((each) => {
          const { identity, concurrency, startedAt, queues } = each;
          return [
            identity,
            `${busyOf(each, jobs)}/${concurrency}`,
            startedAt === 0 ? "" : spoken(Math.max(0, now - startedAt)),
            seenOf(each, now),
            queues.map(([name]) => name).join(" "),
            remarksOn(each),
          ];
        }),
        terminal.columns,
      );
      [terminal.colour("dim", heading), ...lines].forEach((line) => terminal.print(line));
    }),
});

/** How long ago it gave a sign of life. */
function seenOf({ seenAt }: WorkerState, now: number): string {
  return seenAt === undefined ? "–" : spoken(Math.max(0, Math.round(now - seenAt)));
}
