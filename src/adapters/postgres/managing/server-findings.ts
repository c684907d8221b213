import type { Finding } from "../../finding.ts";
import type { PostgresContext } from "../postgres-context.ts";

/** What Postgres says of itself. */
export async function serverFacts({
  query,
}: PostgresContext): Promise<Readonly<Record<string, string>>> {
  const [row] = await query(
    "read facts",
    `SELECT current_setting('server_version') AS server_version, current_database() AS database,
            current_setting('synchronous_commit') AS synchronous_commit, current_setting('fsync') AS fsync,
            current_setting('default_transaction_isolation') AS default_transaction_isolation,
            pg_total_relation_size('@.job')::text AS job_bytes, pg_relation_size('@.job')::text AS job_table_bytes,
            (SELECT n_dead_tup::text FROM pg_stat_user_tables WHERE relid = '@.job'::regclass) AS job_dead_rows`,
  );
  const facts = Object.entries(row ?? {}).filter(([, value]) => value !== null);
  return Object.fromEntries(facts.map(([name, value]) => [name, String(value)]));
}

const LONG_TRANSACTION = 300;
const MANY_DEAD_ROWS = 200_000;

/** What operators should know of the server. */
export async function serverFindings(context: PostgresContext): Promise<readonly Finding[]> {
  const facts = await serverFacts(context);
  const [oldest] = await context.query(
    "look for long transactions",
    `SELECT extract(epoch FROM clock_timestamp() - min(xact_start))::float8 AS seconds FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL`,
  );
  const seconds = Number(oldest?.["seconds"] ?? 0);
  const dead = Number(facts["job_dead_rows"] ?? 0);
  return [
    facts["fsync"] === "off"
      ? {
          check: "durability",
          level: "warning",
          problem: "fsync-off",
          found: "fsync is off: a crash of the machine may lose jobs, or break the database",
          todo: "Set fsync = on in postgresql.conf",
        }
      : { check: "durability", level: "ok", found: "what is committed is on disk" },
    seconds > LONG_TRANSACTION
      ? {
          check: "transactions",
          level: "warning",
          problem: "long-transaction",
          found: `a transaction has been open for ${Math.round(seconds)} seconds: rows that are gone cannot be cleaned up`,
          todo: "Find it in pg_stat_activity, and end it",
          seconds,
        }
      : { check: "transactions", level: "ok", found: "none is open for long" },
    dead > MANY_DEAD_ROWS
      ? {
          check: "dead rows",
          level: "warning",
          problem: "dead-rows",
          found: `the table of jobs has ${dead} dead rows: fetching slows down`,
          todo: `Let autovacuum run more often, or run VACUUM ${context.schema}.job`,
        }
      : { check: "dead rows", level: "ok", found: `${dead} in the table of jobs` },
  ];
}
