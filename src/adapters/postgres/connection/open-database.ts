import { ConfigurationError } from "../../../support/errors.ts";
import { thrownMessage } from "../../../support/thrown.ts";
import type { PostgresOptions } from "../postgres-options.ts";
import type { Database } from "./database.ts";
import type { PgPool } from "./drivers.ts";
import { OwnPool } from "./own-pool.ts";
import { PgDatabase } from "./pg-database.ts";
import { PgliteDatabase } from "./pglite-database.ts";
import { claimDirectory } from "./pglite-directory.ts";
import { PostgresJsDatabase } from "./postgres-js-database.ts";

/** Milliseconds without an answer after which a connection counts as broken. */
const PATIENCE_MS = 30_000;
const CONNECTIONS = 10;
const NOBODY_SAID = "postgres://127.0.0.1:5432/postgres";

/** Whichever database the options name. Connections are opened with the first statement. */
export async function openDatabase(
  options: PostgresOptions,
  load: (name: string) => Promise<unknown> = (name) => import(name),
): Promise<Database> {
  const { pool, sql, pglite, prepare = true } = options;
  if (sql !== undefined) {
    return new PostgresJsDatabase(sql, { prepare, patienceMs: PATIENCE_MS });
  }
  if (pglite !== undefined) {
    claimDirectory(pglite.dataDir);
    return new PgliteDatabase(pglite);
  }
  const use = { isOwn: pool === undefined, prepare, patienceMs: PATIENCE_MS };
  return new PgDatabase(pool ?? (await ownPool(options, load)), use);
}

async function ownPool(
  { connectionString, connections = CONNECTIONS }: PostgresOptions,
  load: (name: string) => Promise<unknown>,
): Promise<PgPool> {
  let pg: PgModule;
  try {
    pg = (await load("pg")) as PgModule;
  } catch (error) {
    throw new ConfigurationError(
      `Cannot open Postgres: the package pg cannot be loaded: ${thrownMessage(error)}. ` +
        "Install it (npm install pg), or give PostgresAdapter a pool, the sql of postgres.js, or a pglite",
      { cause: error },
    );
  }
  const { Pool } = pg.default ?? pg;
  const fixed = {
    connectionString: connectionString ?? process.env["DATABASE_URL"] ?? NOBODY_SAID,
    max: connections,
    application_name: "mandate",
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
  };
  return new OwnPool((settings) => new Pool({ ...fixed, options: settings }));
}

interface PgModule {
  readonly default?: PgModule;
  readonly Pool: new (options: object) => PgPool;
}
