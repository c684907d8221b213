import { readFile } from "node:fs/promises";
import { PGlite } from "@electric-sql/pglite";
import { PgDatabase, type PgQueryResultHKT } from "drizzle-orm/pg-core";
import { drizzle as drizzleOnServer } from "drizzle-orm/node-postgres";
import { drizzle } from "drizzle-orm/pglite";
import { Pool } from "pg";
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

/** The one inside this process. */
export function openDatabase(postgres: PGlite): Database {
  return drizzle(postgres, { schema, casing: "snake_case" });
}

/** One that several processes use. */
export function connectDatabase(url = "postgres://127.0.0.1/academy"): Database {
  const pool = new Pool({ connectionString: url });
  // An idle connection that breaks is replaced by the next query. Unheard, it would end the
  // process.
  pool.on("error", () => {});
  return drizzleOnServer(pool, { schema, casing: "snake_case" });
}

/** The one row that a statement wrote. */
export function written<Row>([row]: readonly Row[]): Row {
  if (row === undefined) throw new Error("Expected the row that was written, found none");
  return row;
}
