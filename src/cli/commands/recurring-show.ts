import { RecurringJobHandle } from "../../recurring/recurring-job.ts";
import { jsonLine } from "../../support/printable.ts";
import { fromNow } from "../../support/wording.ts";
import { shownRecurring } from "../operating/shown-recurring.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";

export const recurringShowCommand: ProgramCommand = defineCommand({
  name: "recurring show",
  summary: "show a recurring job, and what became of its last runs",
  operands: { usage: "KEY", least: 1, most: 1 },
  options: { ...STORE_OPTIONS, json: { type: "boolean", about: "as JSON" } },
  run: ({ values, positionals: [key = ""], terminal }) =>
    withStore(values, async (adapter) => {
      const job = await new RecurringJobHandle(key, adapter).read();
      const runs = await job.history();
      if (values.json === true) {
        terminal.print(jsonLine(JSON.stringify({ ...shownRecurring(job), runs })));
        return;
      }
      const now = await adapter.store.now();
      const facts: readonly (readonly [string, string | undefined])[] = [
        ["Key", job.key],
        ["Job", job.className],
        ["Queue", job.queueName],
        ["Schedule", `${job.schedule} (${job.scheduleInEnglish})`],
        ["Description", job.description],
        ["Defined", job.isOfCode ? "in code or a file" : "at run time"],
        ["State", stateOf(job)],
        [
          "Next",
          job
            .nextRuns(3)
            .map((at) => at.toISOString())
            .join(", ") || "never",
        ],
      ];
      for (const [name, value] of facts) {
        if (value !== undefined) {
          terminal.print(`${terminal.colour("dim", `${name}:`.padEnd(13))}${value}`);
        }
      }
      for (const { scheduledAt, jid, duplicateOf, status } of runs) {
        const shown = (jid ?? duplicateOf ?? "-").padEnd(24);
        terminal.print(
          `  ${scheduledAt.toISOString()}  ${shown}  ${status}  ${fromNow(scheduledAt, now)}`,
        );
      }
    }),
});

function stateOf({ isPaused, isEnabled }: { isPaused: boolean; isEnabled: boolean }): string {
  if (isPaused) return "paused";
  return isEnabled ? "active" : "disabled";
}
