import { ConfigurationError } from "../../support/errors.ts";
import type { Logger } from "../../support/logger.ts";
import { didYouMean, folded } from "../../support/nearest.ts";
import { STORE_OPTIONS, type StoreOptions } from "../store-settings.ts";
import type { WireFormats } from "../wire-format.ts";
import type { PGliteDatabase, PgPool, PostgresJsSql } from "./connection/drivers.ts";

/** Which Postgres a `PostgresAdapter` uses, and how. */
export interface PostgresOptions extends StoreOptions {
  /**
   * `postgres://…`: connections of its own by way of `pg`, which has to be installed.
   *
   * @default `DATABASE_URL`, or postgres://127.0.0.1:5432/postgres
   */
  readonly connectionString?: string | undefined;
  /** A pool of `pg` that is there already. It stays yours to close. */
  readonly pool?: PgPool | undefined;
  /** The `sql` of postgres.js that is there already. It stays yours to close. */
  readonly sql?: PostgresJsSql | undefined;
  /**
   * A `PGlite` that is there already: Postgres in this process, for one process. It stays yours to
   * close.
   */
  readonly pglite?: PGliteDatabase | undefined;
  /** The schema of the tables and functions. No one else uses it. @default "mandate" */
  readonly schema?: string | undefined;
  /**
   * Whether the schema is made, or brought up to date, with the first statement. With `false` that
   * is left to `mandate migrate`, or `migrate()`.
   *
   * @default true
   */
  readonly autoMigrate?: boolean | undefined;
  /**
   * Whether statements are prepared, once for each connection. `false` behind a pooler in
   * transaction mode that does not keep them (PgBouncer before 1.21).
   *
   * @default true
   */
  readonly prepare?: boolean | undefined;
  /**
   * Whether workers are woken by LISTEN and NOTIFY. `false` where NOTIFY is forbidden: then they
   * look, more seldom the longer there is nothing.
   *
   * @default true
   */
  readonly notify?: boolean | undefined;
  /** Connections of its own at most, with `connectionString`. @default 10 */
  readonly connections?: number | undefined;
  /**
   * How jobs are written down, unless `configure` says.
   *
   * @default "native"
   */
  readonly wireFormat?: WireFormats | undefined;
  /** @default lines for people on a terminal, JSON elsewhere */
  readonly logger?: Logger | undefined;
}

const PLACES = ["connectionString", "pool", "sql", "pglite"] as const;

const NAMES = [
  ...PLACES,
  "schema",
  "autoMigrate",
  "prepare",
  "notify",
  "connections",
  "wireFormat",
  ...STORE_OPTIONS,
  "logger",
];

/** As other libraries call them, without case. */
const OTHER_WORDS: ReadonlyMap<string, string> = new Map([
  ["url", "connectionString"],
  ["uri", "connectionString"],
  ["databaseurl", "connectionString"],
  ["connection", "connectionString"],
  ["pgpool", "pool"],
  ["client", "pool"],
  ["postgres", "sql"],
  ["db", "pglite"],
  ["max", "connections"],
  ["poolsize", "connections"],
  ["migrate", "autoMigrate"],
]);

/** @throws {ConfigurationError} if an option does not exist, or two of them name a database. */
export function checkPostgresOptions(options: PostgresOptions): void {
  const unknown = Object.keys(options).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    const meant = OTHER_WORDS.get(folded(unknown)) ?? unknown;
    throw new ConfigurationError(
      `Cannot make a PostgresAdapter: there is no option "${unknown}".${didYouMean(meant, NAMES)} Known are ${NAMES.join(", ")}`,
    );
  }
  const given = PLACES.filter((name) => options[name] !== undefined);
  if (given.length > 1) {
    throw new ConfigurationError(
      `Cannot make a PostgresAdapter: ${given.join(" and ")} both name a database. Give one of them`,
    );
  }
  const { schema, connections } = options;
  if (schema !== undefined && !/^[^\0'"\\]{1,63}$/.test(schema)) {
    throw new ConfigurationError(
      `Cannot make a PostgresAdapter: schema must have 1 to 63 characters and no quotes, found ${JSON.stringify(schema)}`,
    );
  }
  if (connections !== undefined && !(Number.isInteger(connections) && connections >= 2)) {
    throw new ConfigurationError(
      `Cannot make a PostgresAdapter: connections must be an integer of at least 2 (one of them listens), found ${connections}`,
    );
  }
}
