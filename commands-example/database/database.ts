import { readFile } from "node:fs/promises";
import { PGlite } from "@electric-sql/pglite";
import { PgDatabase, type PgQueryResultHKT } from "drizzle-orm/pg-core";
import { drizzle } from "drizzle-orm/pglite";
import * as schema from "./schema.ts";

/** The database: its type, and the token it is injected by. */
export type Database = PgDatabase<PgQueryResultHKT, typeof schema>;
export const Database = PgDatabase<PgQueryResultHKT, typeof schema>;

/** A Postgres inside this process, with all tables and no rows. */
export async function startPostgres(): Promise<PGlite> {
  const postgres = await PGlite.create();
  await postgres.exec(await readFile(new URL("tables.sql", import.meta.url), "utf8"));
  return postgres;
}

export function openDatabase(postgres: PGlite): Database {
  return drizzle(postgres, { schema, casing: "snake_case" });
}

/** The one row that a statement wrote. */
export function written<Row>([row]: readonly Row[]): Row {
  if (row === undefined) throw new Error("Expected the row that was written, found none");
  return row;
}
