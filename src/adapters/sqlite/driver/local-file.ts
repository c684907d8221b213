import { statfsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ConfigurationError } from "../../../support/errors.ts";

/**
 * File systems of other machines, by the numbers that Linux has for them (`statfs(2)`): SQLite's
 * log needs memory that all of its processes share.
 */
const REMOTE: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB2"],
  [0x01021997, "9P"],
  [0x00c36400, "Ceph"],
  [0x5346414f, "AFS"],
  [0x0bd00bd0, "Lustre"],
  [0x47504653, "GPFS"],
  [0x786f4256, "VirtualBox's shared folder"],
]);

/**
 * @param typeOf For tests.
 * @throws {ConfigurationError} if a file lies on another machine, as far as that can be told, or is
 *   none.
 */
export function assertLocalFile(file: string, typeOf: (folder: string) => number = typeHere): void {
  if (file === "" || file.startsWith(":memory:")) {
    throw new ConfigurationError(
      `Cannot keep jobs in ${JSON.stringify(file)}: that is no file, and several processes cannot share it. ` +
        "Name a file, such as jobs.db; for jobs in memory there is MemoryAdapter",
    );
  }
  const folder = dirname(resolve(file));
  const system = REMOTE.get(typeOf(folder));
  if (system !== undefined) {
    throw new ConfigurationError(
      `Cannot keep jobs in ${JSON.stringify(file)}: it lies on a network file system (${system}), and SQLite needs memory ` +
        "that all of its processes share. Put it on a disk of this machine, or use Redis or Postgres for several machines",
    );
  }
}

/** 0 where that is not known: other systems number theirs in their own way. */
function typeHere(folder: string): number {
  if (process.platform !== "linux") {
    return 0;
  }
  try {
    return Number(statfsSync(folder).type) >>> 0;
  } catch {
    // It is not there: opening the file says so.
    return 0;
  }
}
