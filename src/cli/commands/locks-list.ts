import { locks, type Lock } from "../../guards/unique/locks.ts";
import { jsonLine } from "../../support/printable.ts";
import { fromNow } from "../../support/wording.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { tableLines } from "../terminal/layout.ts";

export const locksListCommand: ProgramCommand = defineCommand({
  name: "locks list",
  summary: "list the keys of unique jobs, and who holds them",
  options: { ...STORE_OPTIONS, json: { type: "boolean", about: "a line of JSON for each" } },
  run: ({ values, terminal }) =>
    withStore(values, async (adapter) => {
      const found: Lock[] = [];
      for await (const lock of locks(adapter)) {
        if (values.json === true) terminal.print(jsonLine(JSON.stringify(lock)));
        else found.push(lock);
      }
      if (values.json === true) return;
      if (found.length === 0) {
        terminal.note("No unique job holds a key");
        return;
      }
      found.sort((one, other) => Number(one.since) - Number(other.since));
      const now = await adapter.store.now();
      const [heading = "", ...lines] = tableLines(
        [
          { title: "KEY" },
          { title: "HOLDER", whole: true },
          { title: "SINCE" },
          { title: "UNTIL" },
        ],
        found.map(({ key, holder, since, until }) => [
          key,
          holder,
          fromNow(since, now),
          fromNow(until, now),
        ]),
        terminal.columns,
      );
      terminal.print(terminal.colour("dim", heading));
      lines.forEach((line) => terminal.print(line));
    }),
});
