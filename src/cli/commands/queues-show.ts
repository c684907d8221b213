import { fairKeys } from "../../inspection/figures/fair-keys.ts";
import { queueStats } from "../../inspection/figures/queue-stats.ts";
import { jsonLine } from "../../support/printable.ts";
import { counted, countOf, spoken } from "../../support/wording.ts";
import { remarksOnQueue } from "../operating/remarks.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { tableLines } from "../terminal/layout.ts";

export const queuesShowCommand: ProgramCommand = defineCommand({
  name: "queues show",
  summary: "show a queue, and which keys take turns in it",
  operands: { usage: "NAME", least: 1, most: 1 },
  options: { ...STORE_OPTIONS, json: { type: "boolean", about: "as JSON" } },
  run: ({ values, positionals: [name = ""], terminal }) =>
    withStore(values, async (adapter) => {
      const found = (await queueStats(adapter)).find((each) => each.name === name);
      if (found === undefined) {
        terminal.note(`There is no queue ${name}: nothing was enqueued to it`);
        return 1;
      }
      const keys = await fairKeys(name, adapter);
      if (values.json === true) {
        terminal.print(jsonLine(JSON.stringify({ ...found, fairKeys: keys })));
        return 0;
      }
      terminal.print(terminal.colour("bold", name));
      const remarks = remarksOnQueue(found);
      const numbers = `${countOf(found.size, "job")}, the next has waited for ${spoken(found.latency)}`;
      terminal.print(remarks === "" ? numbers : `${numbers}; ${remarks}`);
      if (keys.length === 0) {
        return 0;
      }
      const [heading = "", ...lines] = tableLines(
        [{ title: "KEY" }, { title: `OF THE FIRST ${counted(sumOf(keys))} JOBS`, right: true }],
        keys.map(({ key, waiting }) => [key ?? "(none)", counted(waiting)]),
        terminal.columns,
      );
      terminal.print(terminal.colour("dim", heading));
      lines.forEach((line) => terminal.print(line));
      return 0;
    }),
});

function sumOf(keys: readonly { readonly waiting: number }[]): number {
  return keys.reduce((sum, { waiting }) => sum + waiting, 0);
}
