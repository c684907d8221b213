import { hasMethods } from "../../../support/shape.ts";
import { knexTransaction, using } from "../../../support/transactions.ts";
import { inParts, type Recogniser, rowsOf } from "./recogniser.ts";

/** What `db.transaction` of Drizzle hands out, on whichever driver. */
export const drizzle: Recogniser = {
  library: "Drizzle",
  recognise(given) {
    if (!hasMethods(given, "execute", "select", "transaction") || !("dialect" in given)) {
      return undefined;
    }
    if (!hasMethods(given, "rollback")) {
      return {
        what: "a database of Drizzle",
        instead: "what db.transaction hands to its function",
      };
    }
    const tx = given as unknown as { execute(query: unknown): Promise<unknown> };
    return async (text, values) => {
      const { sql } = await import("drizzle-orm");
      const { parts, inOrder } = inParts(text, values);
      const strings = Object.assign([...parts], { raw: parts });
      // A bare array, or a value that is none of a column, is taken for SQL: as parameters, they
      // are values.
      return rowsOf(await tx.execute(sql(strings, ...inOrder.map((value) => sql.param(value)))));
    };
  },
};

/** A `Transaction` of Kysely. */
export const kysely: Recogniser = {
  library: "Kysely",
  recognise(given) {
    if (!hasMethods(given, "executeQuery", "withoutPlugins", "selectFrom")) return undefined;
    if (given["isTransaction"] !== true) {
      return {
        what: "a database of Kysely",
        instead: "what db.transaction().execute hands to its function",
      };
    }
    const tx = given as unknown as KyselyTransaction;
    // Plugins may rename what the statement has, and what it answers.
    const plain = tx.withoutPlugins();
    return async (text, values) => rowsOf(await plain.executeQuery(rawQuery(text, values)));
  },
};

interface KyselyTransaction {
  withoutPlugins(): { executeQuery(query: unknown): Promise<unknown> };
}

/**
 * `CompiledQuery.raw` of Kysely 0.28 and later, without loading it: MikroORM has one of its own,
 * which others cannot load.
 */
function rawQuery(sql: string, parameters: readonly unknown[]): object {
  const query = { kind: "RawNode", sqlFragments: [sql], parameters: [] };
  return { sql, query, parameters, queryId: { queryId: "mandate" } };
}

/** A transaction of Knex, and so of Objection, and of MikroORM 6. */
export const knex: Recogniser = {
  library: "Knex, Objection",
  recognise: (given) =>
    using(knexTransaction<KnexTransaction>(given), (trx) => async (text, values) => {
      const { parts, inOrder } = inParts(text, values);
      const statement = parts.map((part) => part.replaceAll("?", "\\?")).join("?");
      return rowsOf(await trx.raw(statement, inOrder));
    }),
};

interface KnexTransaction {
  raw(statement: string, values: readonly unknown[]): PromiseLike<unknown>;
}
