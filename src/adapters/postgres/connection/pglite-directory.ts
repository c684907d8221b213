import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ConfigurationError } from "../../../support/errors.ts";

/**
 * Beside what Postgres has in its directory. It stays: whether its process lives is what counts.
 */
const FILE = "mandate.pid";

/**
 * Notes in PGlite's directory which process has it. PGlite looks for no other, and two would write
 * over what the other wrote.
 *
 * @param dataDir As PGlite has it: a path or a `file:` URL; nothing is done about what is in
 *   memory.
 * @throws {ConfigurationError} if another process of this machine has it.
 */
export function claimDirectory(dataDir: string | undefined): void {
  const directory = pathOf(dataDir);
  if (directory === undefined) {
    return;
  }
  const path = join(directory, FILE);
  const owner = ownerIn(path);
  if (owner !== undefined && owner.pid !== process.pid && isThere(owner)) {
    throw new ConfigurationError(
      `Cannot use the PGlite directory ${directory}: process ${owner.pid} has it, and PGlite is for one process alone. ` +
        "End that process, give this one another directory, or use a Postgres server or a SQLite file for several",
    );
  }
  writeFileSync(path, `${process.pid} ${startOf(process.pid)}\n`);
}

interface Owner {
  readonly pid: number;
  /** When it started, as the system says it: another process may get its number. */
  readonly start: string;
}

function pathOf(dataDir: string | undefined): string | undefined {
  if (dataDir === undefined || /^(?!file:)[a-z][a-z-]+:/i.test(dataDir)) {
    return undefined;
  }
  return /^file:\/\/\//i.test(dataDir)
    ? fileURLToPath(dataDir)
    : dataDir.replace(/^file:(\/\/)?/i, "");
}

function ownerIn(path: string): Owner | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
  const [pid = "", start = ""] = text.trim().split(" ");
  return /^\d+$/.test(pid) ? { pid: Number(pid), start } : undefined;
}

function isThere({ pid, start }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Somebody else's may be asked for nothing, and is there.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  return start === startOf(pid);
}

/** Empty where the system does not tell it as Linux does. */
function startOf(pid: number): string {
  try {
    // Behind the name, which may have spaces and brackets in it.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ");
    return fields?.[19] ?? "";
  } catch {
    return "";
  }
}
