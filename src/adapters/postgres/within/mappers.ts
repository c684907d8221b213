import { hasMethods, type Shape } from "../../../support/shape.ts";
import { kysely, knex } from "./query-builders.ts";
import { type Recogniser, rowsOf, type Value } from "./recogniser.ts";

/** What `$transaction` of a Prisma client hands to its function. */
export const prisma: Recogniser = {
  library: "Prisma",
  recognise(given) {
    if (!hasMethods(given, "$queryRawUnsafe")) return undefined;
    // In a transaction, it can neither connect nor disconnect.
    if (hasMethods(given, "$connect")) {
      return {
        what: "a Prisma client",
        instead: "what prisma.$transaction(async (tx) => …) hands to its function",
      };
    }
    const tx = given as unknown as {
      $queryRawUnsafe(text: string, ...values: readonly Value[]): PromiseLike<unknown>;
    };
    return async (text, values) => rowsOf(await tx.$queryRawUnsafe(text, ...values));
  },
};

/** An `EntityManager`, or a `QueryRunner`, of TypeORM. */
export const typeorm: Recogniser = {
  library: "TypeORM",
  recognise(given) {
    const isManager = hasMethods(given, "query", "getRepository", "withRepository");
    const isRunner =
      hasMethods(given, "query", "startTransaction") && "isTransactionActive" in given;
    if (!isManager && !isRunner) return undefined;
    const runner = (isRunner ? given : given["queryRunner"]) as QueryRunner | undefined;
    if (runner?.isTransactionActive !== true) {
      return {
        what: "a manager of TypeORM without one",
        instead: "the manager that dataSource.transaction hands to its function",
      };
    }
    return async (text, values) => rowsOf(await runner.query(text, [...values]));
  },
};

interface QueryRunner {
  readonly isTransactionActive: boolean;
  query(text: string, values: unknown[]): Promise<unknown>;
}

/** An `EntityManager` of MikroORM: its transaction is one of Kysely, or of Knex in MikroORM 6. */
export const mikroOrm: Recogniser = {
  library: "MikroORM",
  recognise(given) {
    if (!hasMethods(given, "getTransactionContext", "fork")) return undefined;
    const em = given as unknown as { getTransactionContext(): Shape | undefined };
    const context = em.getTransactionContext();
    if (context === undefined) {
      return {
        what: "a manager of MikroORM without one",
        instead: "the manager that em.transactional hands to its function",
      };
    }
    return kysely.recognise(context) ?? knex.recognise(context);
  },
};

/** A `Transaction` of Sequelize 6 or 7. */
export const sequelize: Recogniser = {
  library: "Sequelize",
  recognise(given) {
    if (!hasMethods(given, "commit", "rollback", "afterCommit")) return undefined;
    const { sequelize: database, finished } = given as unknown as SequelizeTransaction;
    if (finished !== undefined) {
      return { what: "a transaction of Sequelize that is over", instead: "one that is open" };
    }
    return async (text, bind) =>
      rowsOf(await database.query(text, { bind, type: "SELECT", transaction: given }));
  },
};

interface SequelizeTransaction {
  readonly sequelize: { query(text: string, options: object): Promise<unknown> };
  readonly finished?: string;
}
