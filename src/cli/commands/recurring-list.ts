import { recurringJobsIn } from "../../recurring/recurring.ts";
import type { RecurringJob } from "../../recurring/recurring-job.ts";
import { jsonLine } from "../../support/printable.ts";
import { fromNow } from "../../support/wording.ts";
import { shownRecurring } from "../operating/shown-recurring.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { tableLines } from "../terminal/layout.ts";

export const recurringListCommand: ProgramCommand = defineCommand({
  name: "recurring list",
  summary: "list recurring jobs: schedule, last run, next run",
  options: { ...STORE_OPTIONS, json: { type: "boolean", about: "a line of JSON for each" } },
  run: ({ values, terminal }) =>
    withStore(values, async (adapter) => {
      const jobs: RecurringJob[] = [];
      for await (const job of recurringJobsIn(adapter)) jobs.push(job);
      jobs.sort((one, other) => (one.key < other.key ? -1 : 1));
      if (values.json === true) {
        jobs.forEach((job) => terminal.print(jsonLine(JSON.stringify(shownRecurring(job)))));
        return;
      }
      if (jobs.length === 0) {
        terminal.note(
          "There are no recurring jobs. Workers write them down when they start; see docs/recurring.md",
        );
        return;
      }
      const now = await adapter.store.now();
      const [heading = "", ...lines] = tableLines(
        [
          { title: "KEY", whole: true },
          { title: "JOB" },
          { title: "SCHEDULE" },
          { title: "LAST" },
          { title: "NEXT" },
        ],
        jobs.map((job) => [
          job.key,
          job.className,
          job.schedule,
          fromNow(job.lastRun?.scheduledAt, now),
          job.isPaused ? "paused" : fromNow(job.nextRuns()[0], now) || "never",
        ]),
        terminal.columns,
      );
      terminal.print(terminal.colour("dim", heading));
      lines.forEach((line, index) =>
        terminal.print(jobs[index]?.isPaused === true ? terminal.colour("yellow", line) : line),
      );
    }),
});
