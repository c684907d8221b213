import { hasMethods, type Shape } from "./shape.ts";

/** What is wrong with what was given as a transaction. */
export interface NotOpen {
  /** What it is: it follows "it is". */
  readonly what: string;
  /** What to pass instead. */
  readonly instead: string;
}

/** One of a library, or why it is none that is open; `undefined` where it is of another. */
type Found<Transaction> =
  | { readonly tx: Transaction; readonly wrong?: undefined }
  | { readonly wrong: NotOpen }
  | undefined;

/** What is made of one that is open; else what is wrong with it. */
export function using<Transaction, Use>(
  found: Found<Transaction>,
  use: (tx: Transaction) => Use,
): Use | NotOpen | undefined {
  if (found === undefined) return undefined;
  return found.wrong ?? use(found.tx);
}

/** A `QueryRunner` of TypeORM, or of an `EntityManager`. */
export function typeormRunner<Runner>(given: Shape): Found<Runner> {
  const isManager = hasMethods(given, "query", "getRepository", "withRepository");
  const isRunner = hasMethods(given, "query", "startTransaction") && "isTransactionActive" in given;
  if (!isManager && !isRunner) return undefined;
  const runner = isRunner ? given : (given["queryRunner"] as Shape | undefined);
  return runner?.["isTransactionActive"] === true
    ? { tx: runner as Runner }
    : {
        wrong: {
          what: "a manager of TypeORM without one",
          instead: "the manager that dataSource.transaction hands to its function",
        },
      };
}

/** An `EntityManager` of MikroORM, and the transaction that it is in. */
export interface MikroManager {
  getTransactionContext(): Shape | undefined;
}

/** An `EntityManager` of MikroORM that is in a transaction. */
export function mikroManager<Manager extends MikroManager>(
  given: Shape,
): Found<{ readonly em: Manager; readonly context: Shape }> {
  if (!hasMethods(given, "getTransactionContext", "fork")) return undefined;
  const em = given as unknown as Manager;
  const context = em.getTransactionContext();
  return context !== undefined
    ? { tx: { em, context } }
    : {
        wrong: {
          what: "a manager of MikroORM without one",
          instead: "the manager that em.transactional hands to its function",
        },
      };
}

/** A `Transaction` of Sequelize 6 or 7. */
export function sequelizeTransaction<Transaction>(given: Shape): Found<Transaction> {
  if (!hasMethods(given, "commit", "rollback", "afterCommit")) return undefined;
  return given["finished"] === undefined
    ? { tx: given as Transaction }
    : { wrong: { what: "a transaction of Sequelize that is over", instead: "one that is open" } };
}

/** A transaction of Knex, and so of Objection. */
export function knexTransaction<Transaction>(given: Shape): Found<Transaction> {
  if (typeof given !== "function" || !hasMethods(given, "raw", "transaction")) return undefined;
  const trx = given as unknown as { readonly isTransaction?: boolean; isCompleted(): boolean };
  if (trx.isTransaction !== true) {
    return {
      wrong: { what: "Knex itself", instead: "what knex.transaction hands to its function" },
    };
  }
  return trx.isCompleted()
    ? { wrong: { what: "a transaction of Knex that is over", instead: "one that is open" } }
    : { tx: trx as Transaction };
}
