import { auditLog } from "../../inspection/audit.ts";
import { jsonLine } from "../../support/printable.ts";
import { counted, fromNow } from "../../support/wording.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { wrong } from "../parse-options.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { tableLines } from "../terminal/layout.ts";

const USUAL = 50;

export const auditCommand: ProgramCommand = defineCommand({
  name: "audit",
  summary: "what was done from dashboards, and by whom",
  options: {
    limit: { type: "string", short: "n", value: "N", about: `so many (default: ${USUAL})` },
    json: { type: "boolean", about: "a line of JSON for each" },
    ...STORE_OPTIONS,
  },
  run: ({ values, terminal }) => {
    const limit = limitOf(values.limit);
    return withStore(values, async (adapter) => {
      const entries = await auditLog({ limit }, adapter);
      if (values.json === true) {
        entries.forEach((entry) => terminal.print(jsonLine(JSON.stringify(entry))));
        return;
      }
      if (entries.length === 0) {
        terminal.note("Nothing was done from a dashboard");
        return;
      }
      const now = await adapter.store.now();
      const columns = ["WHEN", "WHO", "WHAT", "TO WHAT", "OUTCOME", "COUNT"];
      const [heading = "", ...lines] = tableLines(
        columns.map((title) => ({ title })),
        entries.map(({ at, actor, action, subject, outcome, count }) => [
          fromNow(new Date(at), now),
          actor,
          action,
          subject,
          outcome,
          count === undefined ? "" : counted(count),
        ]),
        terminal.columns,
      );
      terminal.print(terminal.colour("dim", heading));
      lines.forEach((line) => terminal.print(line));
    });
  },
});

function limitOf(text: string | undefined): number {
  const limit = text === undefined ? USUAL : /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit < 1) {
    throw wrong(`"${text}" as --limit`, "it is no whole number of at least 1", "Write --limit 50");
  }
  return limit;
}
