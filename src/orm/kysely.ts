import { markAsReference, type Model } from "../globalid/model-registry.ts";
import { type KeyedModel, registerKeyedModels, type RegisterOptions } from "./keyed-model.ts";
import { type QueryNode, tableOfRows } from "./kysely-nodes.ts";

/** What is used of Kysely. */
export interface KyselyDatabase {
  /** The same database, with a plugin. */
  withPlugin(plugin: never): unknown;
  /** A query on a table. */
  selectFrom(table: never): unknown;
  /** Tells the names of its tables. */
  insertInto(table: never): unknown;
}

/** The names of the tables of a `Kysely<Database>`. */
export type KyselyTable<Database> = Database extends { insertInto(table: infer Table): unknown }
  ? Table & string
  : string;

/** The columns of tables' keys: one, or the parts of a composite one. */
export type KyselyKeys<Table extends string> = {
  readonly [Name in Table]?: string | readonly string[];
};

interface Query {
  selectAll(): Query;
  where(condition: (builder: Builder) => unknown): Query;
  where(column: string, operator: "in", values: readonly unknown[]): Query;
  execute(): Promise<object[]>;
}

interface Builder {
  and(values: object): unknown;
  or(conditions: readonly unknown[]): unknown;
}

interface Tracked extends Model {
  readonly columns: readonly string[];
}

/**
 * Has the rows of tables travel by reference: an argument that is one is stored as
 * `gid://app/person/1`, and looked up when the job runs, all of one table with one query.
 *
 * Known are the rows that the database returned by this function reads, and its transactions: those
 * of a query, or of a `returning`, that selects columns of one table under their own names, its key
 * among them. A row is not changed by that, and a copy of it (`{ ...row }`) is a plain object
 * again. For other rows there is `reference("person", row)`. Call it in each process that defers or
 * works.
 *
 * @example
 * ```ts
 * import { Kysely, PostgresDialect } from "kysely";
 * import { registerTables } from "mandate/kysely";
 * import { Pool } from "pg";
 *
 * interface Database {
 *   person: { id: number; email: string };
 *   membership: { person_id: number; group_id: string };
 * }
 *
 * export const db = registerTables(
 *   new Kysely<Database>({ dialect: new PostgresDialect({ pool: new Pool() }) }),
 *   { person: "id", membership: ["person_id", "group_id"] },
 * );
 * ```
 *
 * @param tables The columns of each table's key, as the program calls them.
 * @returns the database whose rows are known.
 * @throws {ConfigurationError} if a name is another model's.
 */
export function registerTables<Database extends KyselyDatabase>(
  db: Database,
  tables: KyselyKeys<KyselyTable<Database>>,
  options: RegisterOptions = {},
): Database {
  const keys = Object.entries<string | readonly string[] | undefined>(tables);
  const columns = new Map(keys.map(([table, key = []]) => [table, [key].flat()]));
  const registered = registerKeyedModels(
    Array.from(columns, ([table, key]) => modelFrom(table, key, () => followed)),
    options,
  );
  const models = new Map(
    Array.from(registered, ([table, model]) => [
      table,
      { ...model, columns: columns.get(table) ?? [] },
    ]),
  );
  const followed: Database = db.withPlugin(pluginFor(models) as never) as Database;
  return followed;
}

function modelFrom(
  table: string,
  columns: readonly string[],
  db: () => KyselyDatabase,
): KeyedModel<Readonly<Record<string, unknown>>> {
  return {
    name: table,
    keyOf: (row) => columns.map((name) => row[name]),
    findAll: async (keys) => {
      const query = (db().selectFrom(table as never) as Query).selectAll();
      const [only = ""] = columns;
      const found =
        columns.length === 1
          ? query.where(
              only,
              "in",
              keys.map(([id]) => id),
            )
          : query.where((eb) => eb.or(keys.map((key) => eb.and(valuesOf(key)))));
      return (await found.execute()) as Readonly<Record<string, unknown>>[];
    },
  };

  function valuesOf(key: readonly string[]): object {
    return Object.fromEntries(columns.map((name, index) => [name, key[index]]));
  }
}

/** Marks the rows of a query with their model, and leaves them as they are. */
function pluginFor(models: ReadonlyMap<string, Tracked>): object {
  const tables = new WeakMap<object, Tracked>();
  return {
    transformQuery({ node, queryId }: { node: QueryNode; queryId: object }): QueryNode {
      const model = tableOfRows(node, models);
      if (model !== undefined) tables.set(queryId, model);
      return node;
    },
    async transformResult({ result, queryId }: { result: QueryResult; queryId: object }) {
      const model = tables.get(queryId);
      if (model !== undefined) result.rows.forEach((row) => mark(row, model));
      return result;
    },
  };
}

interface QueryResult {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

function mark(row: Readonly<Record<string, unknown>>, model: Tracked): void {
  const { columns } = model;
  if (columns.every((name) => row[name] !== undefined && row[name] !== null)) {
    markAsReference(row, model);
  }
}
