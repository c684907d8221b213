import { jobJson } from "../../inspection/entries/job-json.ts";
import { jobs, PLACES, UNFINISHED } from "../../inspection/lists/jobs.ts";
import { placesOf } from "../operating/places.ts";
import { SELECTION_OPTIONS, selectionOf } from "../operating/selection-options.ts";
import { jobLines } from "../operating/shown-job.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { wrong } from "../parse-options.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { jsonLine } from "../../support/printable.ts";
import { counted } from "../../support/wording.ts";

const SHOWN = 50;

export const jobsListCommand: ProgramCommand = defineCommand({
  name: "jobs list",
  summary: "list jobs: all unfinished ones, or those of some places",
  operands: { usage: "[PLACE…]", least: 0, most: PLACES.length, words: PLACES },
  options: {
    ...SELECTION_OPTIONS,
    limit: {
      type: "string",
      short: "n",
      value: "N",
      about: `how many at most, 0 for all (default: ${SHOWN})`,
    },
    json: { type: "boolean", about: "a line of JSON for each" },
    ...STORE_OPTIONS,
  },
  notes: `Places: ${PLACES.join(", ")}.`,
  run: async ({ values, positionals, terminal }) => {
    const places = placesOf(positionals);
    const selection = selectionOf(values);
    const limit = limitOf(values.limit);
    const { interrupted: signal } = terminal;
    await withStore(values, async (adapter) => {
      const now = await adapter.store.now();
      const wanted = places.length === 0 ? UNFINISHED : places;
      let shown = 0;
      for await (const found of jobs(selection, { places: wanted, signal }, adapter)) {
        if (shown === limit) {
          terminal.note(`There are more than ${counted(limit)}: -n 0 shows all`);
          return;
        }
        shown += 1;
        const lines =
          values.json === true
            ? [jsonLine(JSON.stringify(jobJson(found)))]
            : jobLines(found, now, terminal);
        lines.forEach((line) => terminal.print(line));
      }
      if (shown === 0 && values.json !== true) {
        terminal.note("There are no such jobs");
      }
    });
  },
});

function limitOf(text: string | undefined): number {
  if (text === undefined) {
    return SHOWN;
  }
  if (!/^\d+$/.test(text)) {
    throw wrong(`"${text}" as --limit`, "it is no whole number from 0 up", "Write --limit 100");
  }
  return Number(text) || Infinity;
}
