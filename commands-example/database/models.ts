import { getTableColumns, inArray } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import { globalId } from "mandate";
import type { Database } from "./database.ts";
import { exercises, iterations, users } from "./schema.ts";

/**
 * The rows that commands take as arguments. A job carries "gid://academy/User/1", and the command
 * gets the row as it is when the job runs.
 */
export function registerModels(database: Database): void {
  register("User", users);
  register("Exercise", exercises);
  register("Iteration", iterations);

  function register(name: string, table: PgTable & { readonly id: PgColumn }): void {
    const columns = Object.keys(getTableColumns(table));
    const findMany = (ids: string[]) =>
      database
        .select()
        .from(table)
        .where(inArray(table.id, ids.map(Number)));
    globalId.register(name, {
      find: async (id) => (await findMany([id]))[0],
      findMany,
      // A row is a plain object: it is this table's if it has just its columns.
      is: (row) => Object.keys(row).length === columns.length && columns.every((key) => key in row),
    });
  }
}
