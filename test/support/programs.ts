import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Server } from "./servers.ts";

/** The path of the first of these commands that the PATH has. */
export function findProgram(...commands: readonly string[]): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter(Boolean);
  return commands
    .flatMap((command) => folders.map((folder) => join(folder, command)))
    .find((path) => isExecutable(path));
}

/** Whether a server is on the PATH, with all that it needs. */
export function isUsable({ commands, probe }: Server): boolean {
  const program = findProgram(...commands);
  if (program === undefined || probe === undefined) {
    return program !== undefined;
  }
  return spawnSync(program, probe, { stdio: "ignore" }).status === 0;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
