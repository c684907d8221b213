import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Terminal } from "../terminal/terminal.ts";
import { UsageError } from "../usage.ts";
import type { Plan } from "./plan.ts";
import { commandSource, testSource } from "./sources.ts";

/** What both generators say of their arguments and their test. */
export const NOTES = `Behind a name may stand its type: amount:number, and so boolean, bigint, Date
and lists such as number[]; Rails's names of types will do. The test goes to
test/, where there is such a folder, else beside it; it is Vitest's where that
is installed, else node:test's.`;

/**
 * Writes a command and its test, and says so.
 *
 * @throws {UsageError} if one of them is there already; nothing is written then.
 */
export async function writePlan(plan: Plan, terminal: Terminal): Promise<void> {
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
}
