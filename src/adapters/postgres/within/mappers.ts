import { hasMethods } from "../../../support/shape.ts";
import {
  mikroManager,
  sequelizeTransaction,
  typeormRunner,
  using,
} from "../../../support/transactions.ts";
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
  recognise: (given) =>
    using(
      typeormRunner<QueryRunner>(given),
      (runner) => async (text, values) => rowsOf(await runner.query(text, [...values])),
    ),
};

interface QueryRunner {
  query(text: string, values: unknown[]): Promise<unknown>;
}

/** An `EntityManager` of MikroORM: its transaction is one of Kysely, or of Knex in MikroORM 6. */
export const mikroOrm: Recogniser = {
  library: "MikroORM",
  recognise: (given) =>
    using(
      mikroManager(given),
      ({ context }) => kysely.recognise(context) ?? knex.recognise(context),
    ),
};

/** A `Transaction` of Sequelize 6 or 7. */
export const sequelize: Recogniser = {
  library: "Sequelize",
  recognise: (given) =>
    using(
      sequelizeTransaction<SequelizeTransaction>(given),
      (transaction) => async (text, bind) =>
        rowsOf(await transaction.sequelize.query(text, { bind, type: "SELECT", transaction })),
    ),
};

interface SequelizeTransaction {
  readonly sequelize: { query(text: string, options: object): Promise<unknown> };
}
