import { ConfigurationError } from "../support/errors.ts";
import type { KnownTables } from "./drizzle-rows.ts";
import { follow, type Followed, sessionOf } from "./drizzle-session.ts";
import { type DrizzleTable, isDrizzleTable, readTable, tableId } from "./drizzle-tables.ts";
import { type KeyKind, keyValues } from "./key-values.ts";
import { type KeyedModel, registerKeyedModels, type RegisterOptions } from "./keyed-model.ts";

/** What is used of a database of Drizzle. */
export interface DrizzleDatabase {
  /** A query. */
  select(): unknown;
}

interface Selectable {
  select(): { from(table: object): { where(condition: unknown): PromiseLike<Row[]> } };
}

type Row = Readonly<Record<string, unknown>>;

const KINDS: Readonly<Record<string, KeyKind>> = {
  number: "number",
  bigint: "bigint",
  date: "date",
};

/** Of each database whose rows are known, the tables. */
const known = new WeakMap<object, KnownTables>();

/**
 * Has the rows of tables travel by reference: an argument that is one is stored as
 * `gid://app/users/1`, and looked up when the job runs, all of one table with one query.
 *
 * Known are the rows that this database reads from now on, in its transactions too: by `select`, by
 * a `returning` and by `db.query`, those of a join and those that a row is read `with`. They have
 * columns of one table under their own names, the key among them, and nothing computed. A row is
 * not changed by that, and a copy of it (`{ ...row }`) is a plain object again. For other rows
 * there is `reference("users", row)`. What a row was read with is not looked up with it. Call it in
 * each process that defers or works.
 *
 * @example
 * ```ts
 * import { drizzle } from "drizzle-orm/node-postgres";
 * import { integer, pgTable, text } from "drizzle-orm/pg-core";
 * import { registerTables } from "mandate/drizzle";
 *
 * const users = pgTable("users", { id: integer().primaryKey(), email: text() });
 * const schema = { users };
 *
 * export const db = drizzle("postgres://localhost/shop", { schema });
 * registerTables(db, schema);
 * ```
 *
 * @param schema Tables by the names that their models are to have. What is no table is left out,
 *   and so are tables without a primary key.
 * @throws {ConfigurationError} if a name is another model's, or if nobody can tell what the
 *   database reads.
 */
export function registerTables(
  db: DrizzleDatabase,
  schema: Readonly<Record<string, unknown>>,
  options: RegisterOptions = {},
): void {
  if (sessionOf(db as Followed) === undefined) {
    throw new ConfigurationError(
      "Cannot register the tables of this database: it is none of Drizzle, or of a version whose rows nobody can follow. " +
        'Use globalId.register, and say of rows what they are: reference("users", row)',
    );
  }
  const tables = Object.entries(schema)
    .flatMap(([name, table]) =>
      isDrizzleTable(table) ? [{ name, table, said: readTable(table) }] : [],
    )
    .filter(({ said }) => said.key.length > 0);
  const models = registerKeyedModels(
    tables.map(({ name, table, said }) => modelFrom(name, said, findIn(db, table, said))),
    options,
  );
  const ofDatabase: KnownTables = known.get(db) ?? new Map();
  known.set(db, ofDatabase);
  for (const { name, table, said } of tables) {
    const model = models.get(name);
    if (model !== undefined) ofDatabase.set(tableId(table), { ...said, model });
  }
  follow(db as Followed, ofDatabase);
}

type Find = (keys: readonly (readonly unknown[])[]) => Promise<Row[]>;

function modelFrom(name: string, { columns, key }: DrizzleTable, find: Find): KeyedModel<Row> {
  const kinds = key.map((property) => KINDS[columns[property]?.dataType ?? ""] ?? "string");
  return {
    name,
    keyOf: (row) => key.map((property) => row[property]),
    findAll: (keys) => find(keyValues(keys, kinds)),
  };
}

function findIn(db: DrizzleDatabase, table: object, { columns, key }: DrizzleTable): Find {
  return async (keys) => {
    const { and, eq, inArray, or } = await import("drizzle-orm");
    const parts = key.map((property) => columns[property] as never);
    const [only] = parts;
    const condition =
      only !== undefined && parts.length === 1
        ? inArray(only, keys.flat())
        : or(...keys.map((each) => and(...parts.map((part, index) => eq(part, each[index])))));
    return (db as Selectable).select().from(table).where(condition);
  };
}
