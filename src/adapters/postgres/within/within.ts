import { AsyncLocalStorage } from "node:async_hooks";
import { shared } from "../../../support/shared-state.ts";
import type { Queryable } from "../connection/database.ts";
import { openTransaction } from "./open-transaction.ts";

/** A transaction of the application's, in which jobs are deferred. */
export interface Within {
  readonly transaction: Queryable;
  /** Whether the function still runs that was given it. */
  isOpen: boolean;
  /** Workers are told at the commit: once is enough. */
  isTold: boolean;
}

const storage: AsyncLocalStorage<Within> = shared(
  "postgres-transaction",
  () => new AsyncLocalStorage<Within>(),
);

/** The transaction that surrounds the caller, if one does. */
export function surroundingTransaction(): Within | undefined {
  return storage.getStore();
}

/**
 * Whatever `work` defers is part of a transaction of the application's: it is there if that
 * commits, and only then.
 *
 * The jobs have to go to a `PostgresAdapter` on the same database. Known are the transactions of
 * pg, postgres.js, PGlite, Drizzle, Kysely, Knex, Objection, Prisma, TypeORM, MikroORM and
 * Sequelize, by their shape. A job that asks for more than a queue and a time (prerequisites, a
 * key, a batch) is taken in by a worker after the commit, so that nobody waits for this
 * transaction: until then its status is not known, and whether it is refused is not told.
 *
 * @param tx What the library gives to the function that runs in the transaction.
 * @param work Defers; to be awaited within the transaction.
 * @throws {TypeError} if `tx` is no transaction that is known, or is not open.
 */
export async function deferWithin<Output>(
  tx: unknown,
  work: () => Output | PromiseLike<Output>,
): Promise<Output> {
  const within: Within = { transaction: openTransaction(tx), isOpen: true, isTold: false };
  try {
    return await storage.run(within, work);
  } finally {
    within.isOpen = false;
  }
}
