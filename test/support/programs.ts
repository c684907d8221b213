import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { globSync } from "tinyglobby";
import type { Server } from "./servers.ts";

/** The path of the first of these commands that the PATH has. */
export function findProgram(...commands: readonly string[]): string | undefined {
  return programIn((process.env["PATH"] ?? "").split(delimiter).filter(Boolean), commands);
}

/** The path of a server's program: on the PATH, or in a folder of its own. */
export function programOf({ commands, folders }: Server): string | undefined {
  // One by one: of several the common folder is walked through, which is all of /usr.
  const own = (folders ?? []).flatMap((pattern) =>
    globSync(pattern, { absolute: true, onlyDirectories: true }),
  );
  const latestFirst = own.toSorted((one, other) =>
    other.localeCompare(one, "en", { numeric: true }),
  );
  return findProgram(...commands) ?? programIn(latestFirst, commands);
}

function programIn(folders: readonly string[], commands: readonly string[]): string | undefined {
  return commands
    .flatMap((command) => folders.map((folder) => join(folder, command)))
    .find((path) => isExecutable(path));
}

/** Whether a server is on the PATH, with all that it needs. */
export function isUsable(server: Server): boolean {
  const program = programOf(server);
  const { probe } = server;
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
