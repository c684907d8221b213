import type { Adapter } from "../../adapters/adapter.ts";
import { recurringJobsIn } from "../../recurring/recurring.ts";
import type { RecurringJob } from "../../recurring/recurring-job.ts";
import { definedHere } from "../../recurring/service.ts";
import { jsonLine } from "../../support/printable.ts";
import { fromNow } from "../../support/wording.ts";
import { shownRecurring } from "../operating/shown-recurring.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { tableLines } from "../terminal/layout.ts";
import type { Terminal } from "../terminal/terminal.ts";

export const recurringListCommand: ProgramCommand = defineCommand({
  name: "recurring list",
  summary: "list recurring jobs: schedule, last run, next run",
  options: { ...STORE_OPTIONS, json: { type: "boolean", about: "a line of JSON for each" } },
  run: ({ values, terminal }) => {
    const list = async (adapter: Adapter): Promise<void> => {
      const jobs: RecurringJob[] = [];
      for await (const job of recurringJobsIn(adapter)) jobs.push(job);
      jobs.sort((one, other) => (one.key < other.key ? -1 : 1));
      noteUnknown(jobs, terminal);
      if (values.json === true) {
        jobs.forEach((job) => terminal.print(jsonLine(JSON.stringify(shownRecurring(job)))));
        return;
      }
      if (jobs.length === 0) {
        terminal.note(
          "There are no recurring jobs. Workers write them down when they start, and what code defines is there " +
            "while a worker of that release lives; see docs/recurring.md",
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
    };
    return withStore(values, list, { classes: true });
  },
});

/** What the code that was loaded defines, and no living worker has written down. */
function noteUnknown(jobs: readonly RecurringJob[], terminal: Terminal): void {
  const known = new Set(jobs.map(({ key }) => key));
  const unknown = definedHere().flatMap(({ key }) => (known.has(key) ? [] : key));
  if (unknown.length > 0) {
    terminal.note(
      `Defined in the code that was loaded, and by no living worker: ${unknown.toSorted().join(", ")}. ` +
        "They begin once a worker of this release has started",
    );
  }
}
