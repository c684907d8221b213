import { migrationInTransaction } from "./migrate.ts";

/** What runs an application's migrations. */
export type MigrationTool = "drizzle" | "prisma" | "knex" | "kysely";

/** Each of them, and how it has its migrations. */
const FILES: Readonly<Record<MigrationTool, (sql: string) => string>> = {
  drizzle: (sql) => sql,
  prisma: (sql) => sql,
  knex: (sql) => moduleOf("knex", `await knex.raw(${literal(sql)});`),
  kysely: (sql) =>
    `import { sql } from "kysely";\n\n${moduleOf("db", `await sql.raw(${literal(sql)}).execute(db);`)}`,
};

export const MIGRATION_TOOLS: readonly string[] = Object.keys(FILES);

export function isMigrationTool(name: string): name is MigrationTool {
  return Object.hasOwn(FILES, name);
}

/**
 * A migration as a tool has it in a file: to be run in its transaction, beside the application's
 * own.
 *
 * @param schema Where the jobs are to be.
 * @param versions From which version, which is there, to which.
 */
export function migrationFile(
  tool: MigrationTool,
  schema: string,
  { from, to }: { readonly from?: number | undefined; readonly to?: number | undefined } = {},
): string {
  return FILES[tool](migrationInTransaction(schema, from, to));
}

/** There is no way back: what undoes it would drop jobs. */
function moduleOf(argument: string, body: string): string {
  return `export async function up(${argument}) {\n  ${body}\n}\n\nexport async function down() {}\n`;
}

function literal(sql: string): string {
  return `\`\n${sql.replaceAll(/[\\`]|\$\{/g, "\\$&")}\``;
}
