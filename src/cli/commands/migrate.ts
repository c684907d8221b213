import type { Terminal } from "../terminal/terminal.ts";
import { UsageError } from "../usage.ts";
import { wrong } from "../parse-options.ts";
import { silentLogger } from "../../support/logger.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";

export const migrateCommand: ProgramCommand = defineCommand({
  name: "migrate",
  summary: "make Postgres's schema, or bring it up to date",
  options: {
    sql: { type: "boolean", about: "print the SQL, and connect to nothing" },
    for: {
      type: "string",
      value: "TOOL",
      about: "the same as a file of drizzle, prisma, knex or kysely",
    },
    from: {
      type: "string",
      value: "N",
      about: "with --sql, --for: the version there is (default: 0)",
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
    const { schema = "mandate", for: tool } = values;
    const to = versionOf("to", values.to);
    if (tool !== undefined) {
      const from = versionOf("from", values.from);
      printLines(terminal, await fileFor(tool, schema, { from, to }));
      return;
    }
    const { PostgresAdapter, migrationSql } = await import("../../postgres.ts");
    if (values.sql === true) {
      printLines(terminal, migrationSql(schema, versionOf("from", values.from) ?? 0, to));
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

/** SQL has comments, which end with their lines. */
function printLines(terminal: Terminal, text: string): void {
  text
    .trimEnd()
    .split("\n")
    .forEach((line) => terminal.print(line));
}

/** @throws {UsageError} if there is no such tool. */
async function fileFor(
  tool: string,
  schema: string,
  versions: { readonly from?: number | undefined; readonly to?: number | undefined },
): Promise<string> {
  const { isMigrationTool, MIGRATION_TOOLS, migrationFile } =
    await import("../../adapters/postgres/schema/migration-file.ts");
  if (!isMigrationTool(tool)) {
    throw wrong(
      `"${tool}" as --for`,
      `it is none of ${MIGRATION_TOOLS.join(", ")}`,
      "For another tool, --sql prints what to run",
    );
  }
  return migrationFile(tool, schema, versions);
}

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
