import { queue, queues } from "../../inspection/queue.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { tableLines } from "../terminal/layout.ts";
import { counted, spoken } from "../terminal/wording.ts";

export const queuesCommand: ProgramCommand = defineCommand({
  name: "queues",
  summary: "list queues: jobs, latency, whether paused",
  options: { ...STORE_OPTIONS, json: { type: "boolean", about: "a line of JSON for each" } },
  run: ({ values, terminal }) =>
    withStore(values, async (adapter) => {
      const pausedQueues = new Set(await adapter.store.pausedQueues());
      const known = (await queues(adapter)).map(({ name }) => name);
      const names = [...new Set([...known, ...pausedQueues])].toSorted();
      const found = await Promise.all(
        names.map(async (name) => {
          const each = queue(name, adapter);
          const [size, latency] = await Promise.all([each.size(), each.latency()]);
          return { name, size, latency, paused: pausedQueues.has(name) };
        }),
      );
      if (values.json === true) {
        found.forEach((each) => terminal.print(JSON.stringify(each)));
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
        found.map(({ name, size, latency, paused }) => [
          name,
          counted(size),
          spoken(latency),
          paused ? "paused" : "",
        ]),
        terminal.columns,
      );
      terminal.print(terminal.colour("dim", heading));
      lines.forEach((line, index) =>
        terminal.print(found[index]?.paused === true ? terminal.colour("yellow", line) : line),
      );
    }),
});
