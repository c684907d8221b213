import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { PGlite } from "@electric-sql/pglite";
import { startPostgres } from "../../commands-example/database/database.ts";

const cache = new URL("../../node_modules/.cache/commands-example/", import.meta.url);

/**
 * A Postgres with all tables and no rows. Making one from nothing takes seconds, and each test file
 * needs its own: they start from a copy of the first.
 */
export async function startPostgresFromCopy(): Promise<PGlite> {
  const copy = new URL(`${await fingerprint()}.tar`, cache);
  const saved = await readFile(copy).catch(() => undefined);
  if (saved !== undefined) {
    return PGlite.create({ loadDataDir: new Blob([saved]) });
  }
  const postgres = await startPostgres();
  const dump = await postgres.dumpDataDir("none");
  // Test files that start at the same time, in threads of one process, each write their own: a rename puts a whole one
  // there.
  const draft = new URL(`${copy.href}.${randomUUID()}`);
  await mkdir(cache, { recursive: true });
  await writeFile(draft, Buffer.from(await dump.arrayBuffer()));
  await rename(draft, copy);
  return postgres;
}

/** Another release of PGlite, or other tables, need another copy. */
async function fingerprint(): Promise<string> {
  const hash = createHash("sha256");
  for (const file of [
    "../../node_modules/@electric-sql/pglite/package.json",
    "../../commands-example/database/tables.sql",
  ]) {
    hash.update(await readFile(new URL(file, import.meta.url)));
  }
  return hash.digest("hex").slice(0, 16);
}
