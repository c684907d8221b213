import { clock } from "../../support/clock.ts";
import { environmentOf } from "../../support/environment.ts";
import { loadPaths } from "../load-paths.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";

const NEXT = 5;

export const recurringCheckCommand: ProgramCommand = defineCommand({
  name: "recurring check",
  summary: "check a file of recurring jobs, and list when they are due",
  operands: { usage: "FILE", least: 1, most: 1 },
  options: {
    require: {
      type: "string",
      short: "r",
      multiple: true,
      value: "PATH",
      about: "load commands, to check classes, too",
    },
    environment: { type: "string", short: "e", value: "NAME", about: "which section counts" },
  },
  notes: "Ends with 1 if the file cannot be used.",
  run: async ({ values, positionals: [file = ""], terminal }) => {
    const { require: paths = [], environment = environmentOf(process.env) } = values;
    await loadPaths(paths);
    // Only now: the other commands wait for no parser.
    const { openRecurringFile } = await import("../../recurring/files/loaded-files.ts");
    const { definitions, remarks } = await openRecurringFile(file, environment);
    remarks.forEach((remark) => terminal.note(remark));
    if (paths.length > 0) {
      const { definitionInFile } = await import("../../recurring/files/file-definition.ts");
      definitions.forEach(definitionInFile);
    }
    for (const { key, className, schedule, isEnabled } of definitions) {
      const off = isEnabled ? "" : " (not enabled)";
      terminal.print(`${key}: ${className}, ${schedule.describe()}${off}`);
      let next = schedule.next(new Date(clock.now() * 1000));
      for (let left = NEXT; left > 0 && next !== undefined; left -= 1) {
        terminal.print(`  ${next.toISOString()}`);
        next = schedule.next(next);
      }
    }
  },
});
