// This library on a SQLite file: the same commands, no server. What it writes waits for the disk, as its default is.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { consoleLogger } from "../../../dist/index.js";
import { SqliteAdapter } from "../../../dist/sqlite.js";
import { openWith } from "./mandate.mjs";

export { settings, version } from "./mandate.mjs";

export async function open() {
  const logger = consoleLogger({ level: "warn" });
  const folder = mkdtempSync(join(tmpdir(), "mandate-bench-"));
  const file = join(folder, "jobs.db");
  const subject = await openWith(new SqliteAdapter({ file }), logger);
  return {
    ...subject,
    async close() {
      await subject.close();
      rmSync(folder, { recursive: true });
    },
  };
}
