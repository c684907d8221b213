import { commandStats } from "../../inspection/figures/command-stats.ts";
import { jsonLine } from "../../support/printable.ts";
import { counted, spoken } from "../../support/wording.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { wrong } from "../parse-options.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { tableLines } from "../terminal/layout.ts";

const USUAL = 60;
const LONGEST = 480;

export const commandsCommand: ProgramCommand = defineCommand({
  name: "commands",
  summary: "how the jobs of each class ran lately",
  options: {
    minutes: { type: "string", value: "N", about: `of the last N minutes (default: ${USUAL})` },
    json: { type: "boolean", about: "a line of JSON for each" },
    ...STORE_OPTIONS,
  },
  run: ({ values, terminal }) => {
    const minutes = minutesOf(values.minutes);
    return withStore(values, async (adapter) => {
      const found = await commandStats({ minutes }, adapter);
      if (values.json === true) {
        found.forEach((each) => terminal.print(jsonLine(JSON.stringify(each))));
        return;
      }
      if (found.length === 0) {
        terminal.note("No run was counted in that time");
        return;
      }
      const [heading = "", ...lines] = tableLines(
        [
          { title: "COMMAND", whole: true },
          { title: "RUNS", right: true },
          { title: "FAILED", right: true },
          { title: "AVERAGE", right: true },
          { title: "IN ALL", right: true },
        ],
        found.map(({ className, processed, failed, mean, seconds }) => [
          className,
          counted(processed),
          counted(failed),
          mean === undefined ? "" : `${counted(Math.round(mean * 1000))} ms`,
          spoken(seconds),
        ]),
        terminal.columns,
      );
      terminal.print(terminal.colour("dim", heading));
      lines.forEach((line) => terminal.print(line));
    });
  },
});

function minutesOf(text: string | undefined): number {
  const minutes = text === undefined ? USUAL : /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (minutes < 1 || minutes > LONGEST) {
    throw wrong(
      `"${text}" as --minutes`,
      `it is no whole number from 1 to ${LONGEST}`,
      "Write --minutes 60",
    );
  }
  return minutes;
}
