import type { Context } from "../store/context.ts";

/** How many rows of each table one sweep deletes at most: it is one step. */
export const MOST_SWEPT = 500;

const TABLES = ["result", "progress", "finished", "profile", "document"] as const;

/** Deletes what was kept for a time that is over. */
export function sweepKept(context: Context): void {
  for (const table of TABLES) {
    const id =
      table === "finished" || table === "profile" ? "id" : table === "document" ? "name" : "jid";
    context.run(
      `DELETE FROM ${table} WHERE ${id} IN (SELECT ${id} FROM ${table} WHERE until <= ? LIMIT ${MOST_SWEPT})`,
      context.now,
    );
  }
}
