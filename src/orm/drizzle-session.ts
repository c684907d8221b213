import {
  type Field,
  type KnownTables,
  relationalRows,
  type RelationalQuery,
  selectedRows,
} from "./drizzle-rows.ts";

/** What is used of a database of Drizzle, or of a transaction. */
export interface Followed {
  readonly _?: { readonly session?: Session };
  readonly session?: Session;
  readonly query?: Readonly<Record<string, QueryBuilder>>;
}

/**
 * @see drizzle-orm 0.45: each query of `pg-core`, `mysql-core` and `sqlite-core` goes through one.
 */
export interface Session {
  prepareQuery(query: unknown, fields: unknown, ...more: unknown[]): Prepared;
  transaction?(work: (tx: Followed) => unknown, ...more: unknown[]): unknown;
}

interface QueryBuilder {
  findMany?: Find;
  findFirst?: Find;
}

type Find = (...args: unknown[]) => RelationalQuery & { _prepare(...args: unknown[]): Prepared };

type Prepared = Partial<Record<"execute" | "all" | "get", (...args: unknown[]) => unknown>>;

const FOLLOWED = Symbol("what mandate knows the rows of");

export function sessionOf(db: Followed): Session | undefined {
  const session = db.session ?? db._?.session;
  return typeof session?.prepareQuery === "function" ? session : undefined;
}

/** Marks the rows that a database, and its transactions, read from now on. */
export function follow(db: Followed, tables: KnownTables): void {
  const session = sessionOf(db);
  if (session !== undefined) followSession(session, tables);
  for (const builder of Object.values(db.query ?? {})) followBuilder(builder, tables);
}

function followSession(session: Session, tables: KnownTables): void {
  if (isKnown(session)) return;
  const prepareQuery = session.prepareQuery.bind(session);
  session.prepareQuery = (query, fields, ...more) => {
    const prepared = prepareQuery(query, fields, ...more);
    const mark = Array.isArray(fields) ? selectedRows(fields as Field[], tables) : undefined;
    return mark === undefined ? prepared : marking(prepared, mark);
  };
  const transaction = session.transaction?.bind(session);
  if (transaction === undefined) return;
  session.transaction = (work, ...more) =>
    transaction(
      (tx) => {
        follow(tx, tables);
        return work(tx);
      },
      ...more,
    );
}

function followBuilder(builder: QueryBuilder, tables: KnownTables): void {
  if (isKnown(builder)) return;
  for (const name of ["findMany", "findFirst"] as const) {
    const find = builder[name]?.bind(builder);
    if (find === undefined) continue;
    builder[name] = (...args) => {
      const query = find(...args);
      const prepare = query._prepare.bind(query);
      query._prepare = (...how) => marking(prepare(...how), relationalRows(query, tables));
      return query;
    };
  }
}

/** Has what is prepared mark the rows that it returns, now or later. */
function marking(prepared: Prepared, mark: (row: unknown) => void): Prepared {
  const markAll = (rows: unknown): void => {
    if (Array.isArray(rows)) rows.forEach(mark);
    else mark(rows);
  };
  for (const name of ["execute", "all", "get"] as const) {
    const run = prepared[name]?.bind(prepared);
    if (run === undefined) continue;
    prepared[name] = (...args) => {
      const result = run(...args);
      if (result instanceof Promise) {
        return result.then((rows: unknown) => {
          markAll(rows);
          return rows;
        });
      }
      markAll(result);
      return result;
    };
  }
  return prepared;
}

/** Whether it was followed before; from now on it is. */
function isKnown(object: object): boolean {
  if (FOLLOWED in object) return true;
  Object.defineProperty(object, FOLLOWED, { value: true });
  return false;
}
