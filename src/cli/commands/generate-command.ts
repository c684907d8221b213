import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { planOf } from "../generate/plan.ts";
import { commandSource, testSource } from "../generate/sources.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { UsageError } from "../usage.ts";

export const generateCommandCommand: ProgramCommand = defineCommand({
  name: "generate command",
  summary: "write a command and its test",
  operands: { usage: "PATH [ARGUMENT…]", least: 1, most: Infinity },
  options: {},
  notes: `As in mandate generate command src/commands/send-invoice customer month, which
writes class SendInvoice of two strings; amount:number is a number, and so are
boolean, bigint, Date and lists such as number[]. The test goes to test/, where
there is such a folder, else beside it; it is Vitest's where that is installed,
else node:test's.`,
  run: async ({ positionals: [path = "", ...args], terminal }) => {
    const plan = planOf(path, args);
    const files = [
      { file: plan.file, source: commandSource(plan) },
      { file: plan.test, source: testSource(plan) },
    ];
    const taken = files.find(({ file }) => existsSync(file));
    if (taken !== undefined) {
      throw new UsageError(
        `Cannot write ${taken.file}: there is such a file. Give another path, or delete it`,
      );
    }
    for (const { file, source } of files) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, source, { flag: "wx" });
      terminal.print(`Wrote ${file}`);
    }
  },
});
