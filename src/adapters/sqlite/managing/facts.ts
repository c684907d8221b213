import { statSync } from "node:fs";
import type { Finding } from "../../finding.ts";
import type { Context } from "../store/context.ts";

/** Bytes: a log that is longer was not taken over for long. */
const LONG_LOG = 256 * 1024 ** 2;
/** Share of a file's pages that hold nothing, from which on it is worth saying. */
const MUCH_FREE = 0.5;
/** Bytes below which it is not. */
const LARGE = 256 * 1024 ** 2;

/** What SQLite says of a file, by its own names. */
export function factsOf(context: Context, file: string): Record<string, string> {
  const pragma = (name: string): string => {
    const row = context.get<Record<string, unknown>>(`PRAGMA ${name}`) ?? {};
    return String(Object.values(row)[0]);
  };
  const version = context.get<{ version: string }>("SELECT sqlite_version() AS version")?.version;
  return {
    sqlite_version: version ?? "",
    driver: context.database.driver.name,
    file,
    journal_mode: pragma("journal_mode"),
    user_version: pragma("user_version"),
    page_size: pragma("page_size"),
    page_count: pragma("page_count"),
    freelist_count: pragma("freelist_count"),
    file_bytes: String(sizeOf(file)),
    wal_bytes: String(sizeOf(`${file}-wal`)),
  };
}

/** What operators should know of a file. */
export function findingsOf(context: Context, file: string): Finding[] {
  const facts = factsOf(context, file);
  const [bytes, log] = [Number(facts["file_bytes"]), Number(facts["wal_bytes"])];
  const free = Number(facts["freelist_count"]) / Math.max(1, Number(facts["page_count"]));
  const findings: Finding[] = [];
  if (log > LONG_LOG) {
    findings.push({
      check: "file",
      level: "warning",
      problem: "sqlite-log-long",
      found: `the log of ${file} has ${megabytes(log)}: somebody reads in it for long, and it cannot be taken over meanwhile`,
      todo: "Find the process that keeps a transaction open on the file (a shell, a backup), and end it",
    });
  }
  if (bytes > LARGE && free > MUCH_FREE) {
    findings.push({
      check: "file",
      level: "warning",
      problem: "sqlite-file-empty",
      found: `${file} has ${megabytes(bytes)}, and ${Math.round(free * 100)}% of it is free: it is used again, and not given back`,
      todo: "Run VACUUM on it while no worker runs, if the disk is needed",
    });
  }
  return findings.length > 0
    ? findings
    : [
        {
          check: "file",
          level: "ok",
          found: `${file} has ${megabytes(bytes)}, its log ${megabytes(log)}`,
        },
      ];
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)} MB`;
}
