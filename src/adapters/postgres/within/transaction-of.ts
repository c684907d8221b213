import type { Queryable, Row, Value } from "../connection/database.ts";

/** A query builder's or an ORM's open transaction, by what is looked at. */
interface Candidate {
  readonly [method: string]: unknown;
}

type Call = (...given: unknown[]) => unknown;

/** How one kind of transactions is told, and asked. */
interface Kind {
  is(tx: Candidate): boolean;
  /** Why it cannot be used; `undefined` where it can. */
  fault?(tx: Candidate): string | undefined;
  query(tx: Candidate, text: string, values: readonly Value[]): unknown;
}

/**
 * The open transaction of whichever library: known by its shape, since a library may be there in
 * several versions, and is not to be loaded to be asked.
 *
 * @throws {TypeError} if it is none that is known, or is not open.
 */
export function transactionOf(tx: unknown): Queryable {
  const candidate = (tx ?? {}) as Candidate;
  const kind = KINDS.find((each) => each.is(candidate));
  if (kind === undefined) {
    throw new TypeError(
      "Cannot defer within this: it is no transaction of pg, postgres.js, PGlite, Drizzle, Kysely, Knex, Objection, Prisma, " +
        "TypeORM, MikroORM or Sequelize. Pass what your library gives to the function that runs in the transaction",
    );
  }
  const fault = kind.fault?.(candidate);
  if (fault !== undefined) {
    throw new TypeError(
      `Cannot defer within this: ${fault}. Pass what your library gives to the function that runs in the transaction`,
    );
  }
  return {
    query: async (text, values) => rowsIn(await kind.query(candidate, text, values)),
  };
}

function has(tx: Candidate, ...methods: readonly string[]): boolean {
  return methods.every((method) => typeof tx[method] === "function");
}

function call(tx: Candidate, method: string, ...given: unknown[]): unknown {
  return (tx[method] as Call).apply(tx, given);
}

function rowsIn(answer: unknown): readonly Row[] {
  const { rows } = answer as { readonly rows?: readonly Row[] };
  return rows ?? [...(answer as Iterable<Row>)];
}

const POOL = "it is a pool, whose statements are each a transaction of their own";

/** The more telling first: some have what others are known by. */
const KINDS: readonly Kind[] = [
  // Prisma.
  {
    is: (tx) => has(tx, "$queryRawUnsafe"),
    fault: (tx) =>
      has(tx, "$connect", "$transaction")
        ? "it is Prisma's client itself, and no transaction"
        : undefined,
    query: (tx, text, values) => call(tx, "$queryRawUnsafe", text, ...values),
  },
  // Drizzle: its session has the transaction's own connection.
  {
    is: (tx) => has(tx, "execute", "select", "rollback") && "session" in tx,
    query: (tx, text, values) => {
      const { client } = tx["session"] as { readonly client?: unknown };
      return transactionOf(client).query(text, values);
    },
  },
  // Kysely.
  {
    is: (tx) => has(tx, "executeQuery", "selectFrom"),
    fault: (tx) =>
      tx["isTransaction"] === true ? undefined : "it is Kysely itself, and no transaction",
    query: (tx, text, values) =>
      call(tx, "executeQuery", {
        sql: text,
        parameters: values,
        query: { kind: "RawNode", sqlFragments: [text], parameters: [] },
        queryId: { queryId: "mandate" },
      }),
  },
  // MikroORM: what it runs on has the transaction.
  {
    is: (tx) => has(tx, "getTransactionContext", "getConnection"),
    fault: (tx) =>
      call(tx, "getTransactionContext") == null
        ? "no transaction is open in this EntityManager"
        : undefined,
    query: (tx, text, values) =>
      transactionOf(call(tx, "getTransactionContext")).query(text, values),
  },
  // TypeORM: its EntityManager, or a QueryRunner.
  {
    is: (tx) => has(tx, "query") && ("queryRunner" in tx || "isTransactionActive" in tx),
    fault: (tx) => {
      const runner = (has(tx, "startTransaction") ? tx : tx["queryRunner"]) as
        { readonly isTransactionActive?: boolean } | undefined;
      return runner?.isTransactionActive === true
        ? undefined
        : "no transaction is open in this EntityManager";
    },
    query: (tx, text, values) => call(tx, "query", text, [...values]),
  },
  // Sequelize.
  {
    is: (tx) => has(tx, "commit", "rollback") && typeof tx["sequelize"] === "object",
    fault: (tx) => (tx["finished"] === undefined ? undefined : "the transaction has ended"),
    query: (tx, text, values) =>
      call(tx["sequelize"] as Candidate, "query", text, {
        bind: values,
        transaction: tx,
        type: "SELECT",
      }),
  },
  // Knex, and Objection, which is written on it.
  {
    is: (tx) => has(tx, "raw", "transaction"),
    fault: (tx) =>
      tx["isTransaction"] === true ? undefined : "it is Knex itself, and no transaction",
    query: (tx, text, values) => call(tx, "raw", text.replace(/\$\d+/g, "?"), values),
  },
  // postgres.js.
  {
    is: (tx) => has(tx, "unsafe"),
    fault: (tx) =>
      has(tx, "savepoint") ? undefined : "it is the sql of postgres.js itself, and no transaction",
    query: (tx, text, values) => call(tx, "unsafe", text, values),
  },
  // pg, and PGlite.
  {
    is: (tx) => has(tx, "query"),
    fault: (tx) => {
      if ("totalCount" in tx || has(tx, "transaction")) {
        return has(tx, "transaction") ? "it is PGlite itself, and no transaction" : POOL;
      }
      const status = has(tx, "getTransactionStatus") ? call(tx, "getTransactionStatus") : "T";
      return status === "I" ? "no transaction is open on this connection" : undefined;
    },
    query: (tx, text, values) => call(tx, "query", text, [...values]),
  },
];
