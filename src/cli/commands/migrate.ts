import { UsageError } from "../usage.ts";
import { silentLogger } from "../../support/logger.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";

export const migrateCommand: ProgramCommand = defineCommand({
  name: "migrate",
  summary: "make Postgres's schema, or bring it up to date",
  options: {
    sql: { type: "boolean", about: "print the SQL, and connect to nothing" },
    from: {
      type: "string",
      value: "N",
      about: "with --sql: the version that there is (default: 0)",
    },
    to: { type: "string", value: "N", about: "the version to stop at (default: the latest)" },
    schema: { type: "string", value: "NAME", about: 'the schema (default: "mandate")' },
    "database-url": {
      type: "string",
      value: "URL",
      about: "where it is (default: MANDATE_URL or DATABASE_URL)",
    },
  },
  notes:
    "Several may do it at once. Workers of the version before may go on running:\n" +
    "where they could not, the migration says so in docs/upgrading.md.",
  run: async ({ values, terminal }) => {
    const { PostgresAdapter, migrationSql } = await import("../../postgres.ts");
    const { schema = "mandate" } = values;
    const to = versionOf("to", values.to);
    if (values.sql === true) {
      terminal.print(migrationSql(schema, versionOf("from", values.from) ?? 0, to));
      return;
    }
    const connectionString = values["database-url"] ?? urlIn(process.env);
    const adapter = new PostgresAdapter({ connectionString, schema, logger: silentLogger });
    try {
      const version = await adapter.migrate(to);
      terminal.print(`Schema "${schema}" has version ${version}`);
    } finally {
      await adapter.close();
    }
  },
});

/** @throws {UsageError} if it is no version. */
function versionOf(option: string, text: string | undefined): number | undefined {
  if (text !== undefined && !/^\d{1,6}$/.test(text)) {
    throw new UsageError(`Cannot use --${option} ${text}: expected a version, such as 1`);
  }
  return text === undefined ? undefined : Number(text);
}

/** @throws {UsageError} if the environment names no Postgres. */
function urlIn({ MANDATE_URL = "", DATABASE_URL = "" }: NodeJS.ProcessEnv): string {
  const url = [MANDATE_URL, DATABASE_URL].find((each) => /^postgres(ql)?:/.test(each));
  if (url === undefined) {
    throw new UsageError(
      "Cannot tell where Postgres is: give --database-url, or set MANDATE_URL or DATABASE_URL to postgres://…",
    );
  }
  return url;
}
