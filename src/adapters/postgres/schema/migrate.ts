import { ConfigurationError } from "../../../support/errors.ts";
import type { Database } from "../connection/database.ts";
import { LATEST, MIGRATIONS, type Migration } from "./migrations.ts";

/** A name as SQL takes it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** What a schema says of itself. */
export interface SchemaVersion {
  /** 0: there is none. */
  readonly version: number;
  /** The lowest version of the library's schema that can work with it. */
  readonly needs: number;
}

/** What the database says when a migration is there already: another process was faster. */
const APPLIED = "MND02";

/**
 * The SQL of some migrations: to be run by hand, or by another tool, as one transaction for each.
 *
 * @param from The version that there is.
 * @param to The version that there is to be.
 */
export function migrationSql(schema: string, from = 0, to: number = LATEST): string {
  return stepsOf(schema, from, to)
    .map((step) => `BEGIN;\n${step}\nCOMMIT;\n`)
    .join("\n");
}

/**
 * As `migrationSql`, for a tool that has a transaction open, in which it goes on afterwards:
 * nothing is different there then but the schema.
 */
export function migrationInTransaction(schema: string, from = 0, to: number = LATEST): string {
  const settings = ["search_path", "check_function_bodies", "client_min_messages"];
  const kept = settings.map((name) => ({ name, keptAs: `mandate.${name}` }));
  const set = (name: string, by: string): string =>
    `SELECT set_config('${name}', current_setting('${by}'), true);`;
  return [
    ...kept.map(({ name, keptAs }) => set(keptAs, name)),
    ...stepsOf(schema, from, to),
    ...kept.map(({ name, keptAs }) => set(name, keptAs)),
    "",
  ].join("\n");
}

function stepsOf(schema: string, from: number, to: number): string[] {
  return MIGRATIONS.filter(({ version }) => version > from && version <= to).map((step) =>
    stepSql(schema, step),
  );
}

/**
 * Brings a schema to a version. Several processes may try at once.
 *
 * @returns the version that there is then.
 * @throws {ConfigurationError} if it is newer than that already.
 */
export async function migrateSchema(
  database: Database,
  schema: string,
  to: number = LATEST,
): Promise<number> {
  const { version } = await readVersion(database, schema);
  if (!(Number.isInteger(to) && to >= 1 && to <= LATEST)) {
    throw new ConfigurationError(
      `Cannot migrate schema "${schema}" to version ${to}: this version of mandate knows those from 1 to ${LATEST}`,
    );
  }
  if (version > to) {
    throw new ConfigurationError(
      `Cannot migrate schema "${schema}" to version ${to}: it has version ${version}, and there is no way back. ` +
        "Restore a backup, or use another schema",
    );
  }
  for (const step of MIGRATIONS.filter((each) => each.version > version && each.version <= to)) {
    try {
      await database.script(stepSql(schema, step));
    } catch (error) {
      if ((error as { code?: unknown }).code !== APPLIED) throw error;
    }
  }
  return to;
}

/** Asks for the version; nothing has to be there. */
export async function readVersion(database: Database, schema: string): Promise<SchemaVersion> {
  const [there] = await database.query("SELECT to_regclass($1::text) IS NOT NULL AS yes", [
    `${quoted(schema)}.migration`,
  ]);
  if (there?.["yes"] !== true) {
    return { version: 0, needs: 0 };
  }
  const [row] = await database.query(
    `SELECT coalesce(max(version), 0)::int AS version, coalesce(max(version) FILTER (WHERE breaking), 0)::int AS needs
       FROM ${quoted(schema)}.migration`,
    [],
  );
  return { version: Number(row?.["version"]), needs: Number(row?.["needs"]) };
}

function stepSql(schema: string, { version, name, isBreaking, sql }: Migration): string {
  return `SELECT pg_advisory_xact_lock(hashtextextended('mandate ${schema.replaceAll("'", "''")}', 7361));
CREATE SCHEMA IF NOT EXISTS ${quoted(schema)};
SET LOCAL search_path TO ${quoted(schema)}, pg_temp;
SET LOCAL check_function_bodies TO off;
SET LOCAL client_min_messages TO warning;
CREATE TABLE IF NOT EXISTS migration (
  version int PRIMARY KEY, name text NOT NULL, breaking boolean NOT NULL, applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
DO $mandate$
BEGIN
  IF EXISTS (SELECT FROM migration WHERE version = ${version}) THEN
    RAISE EXCEPTION 'migration ${version} is there already' USING ERRCODE = '${APPLIED}';
  END IF;
END $mandate$;
${sql}
INSERT INTO migration (version, name, breaking) VALUES (${version}, '${name}', ${isBreaking});`;
}
