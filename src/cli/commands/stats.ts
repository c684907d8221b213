import type { DayCounters } from "../../adapters/job-store.ts";
import type { LimitStats } from "../../inspection/figures/limits.ts";
import { LIMIT_COLUMNS, limitCells } from "../operating/shown-limit.ts";
import { history } from "../../inspection/figures/history.ts";
import { stats } from "../../inspection/figures/stats.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { wrong } from "../parse-options.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { tableLines } from "../terminal/layout.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { counted, spoken } from "../../support/wording.ts";
import { jsonLine } from "../../support/printable.ts";

export const statsCommand: ProgramCommand = defineCommand({
  name: "stats",
  summary: "count what waits, runs and failed",
  options: {
    days: { type: "string", value: "N", about: "runs of each of the last N days, too" },
    json: { type: "boolean", about: "as JSON" },
    ...STORE_OPTIONS,
  },
  run: ({ values, terminal }) => {
    const days = daysOf(values.days);
    return withStore(values, async (adapter) => {
      const found = await stats(adapter);
      const byDay = days === undefined ? undefined : await history(days, adapter);
      if (values.json === true) {
        terminal.print(jsonLine(JSON.stringify({ ...found, history: byDay })));
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
      if (found.limits.length > 0) {
        terminal.print("");
        limitLines(found.limits, terminal).forEach((line) => terminal.print(line));
      }
      if (byDay !== undefined) {
        terminal.print("");
        historyLines(byDay, terminal).forEach((line) => terminal.print(line));
      }
    });
  },
});

function limitLines(limits: readonly LimitStats[], terminal: Terminal): string[] {
  const [heading = "", ...lines] = tableLines(LIMIT_COLUMNS, limitCells(limits), terminal.columns);
  return [terminal.colour("dim", heading), ...lines];
}

function historyLines(byDay: readonly DayCounters[], terminal: Terminal): string[] {
  const columns = [
    { title: "DAY (UTC)" },
    { title: "PROCESSED", right: true },
    { title: "FAILED", right: true },
  ];
  const cells = byDay.map(({ date, processed, failed }) => [
    date,
    counted(processed),
    counted(failed),
  ]);
  const [heading = "", ...lines] = tableLines(columns, cells, terminal.columns);
  return [terminal.colour("dim", heading), ...lines];
}

/** Days of five years: for as long as they are kept. */
const MOST_DAYS = 1_825;

function daysOf(text: string | undefined): number | undefined {
  if (text === undefined) {
    return undefined;
  }
  const days = /^\d+$/.test(text) ? Number(text) : 0;
  if (days < 1 || days > MOST_DAYS) {
    throw wrong(`"${text}" as --days`, "it is no whole number from 1 to 1,825", "Write --days 7");
  }
  return days;
}
