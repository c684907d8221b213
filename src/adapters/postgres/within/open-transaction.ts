import { isShape } from "../../../support/shape.ts";
import { own, pg, pglite, postgresJs } from "./drivers.ts";
import { mikroOrm, prisma, sequelize, typeorm } from "./mappers.ts";
import { drizzle, knex, kysely } from "./query-builders.ts";
import type { Recogniser, TransactionQuery } from "./recogniser.ts";

/** In this order: what is further down would take some of what is above for its own. */
const recognisers: readonly Recogniser[] = [
  prisma,
  mikroOrm,
  typeorm,
  sequelize,
  drizzle,
  kysely,
  knex,
  postgresJs,
  pglite,
  pg,
  own,
];

/**
 * Has a transaction that an application has opened in its Postgres, whichever library it is of, as
 * something to send statements in.
 *
 * @throws {TypeError} if it is of no library that is known, or is not open.
 */
export function openTransaction(given: unknown): { readonly query: TransactionQuery } {
  for (const { recognise } of recognisers) {
    const found = isShape(given) ? recognise(given) : undefined;
    if (typeof found === "function") return { query: found };
    if (found !== undefined) {
      const { what, instead } = found;
      throw new TypeError(
        `Cannot use what was given as a transaction: it is ${what}. Pass ${instead}`,
      );
    }
  }
  const libraries = recognisers.map(({ library }) => library);
  throw new TypeError(
    `Cannot use what was given as a transaction: it is of no library that is known. ` +
      `Pass a transaction of ${libraries.slice(0, -1).join(", ")}; or ${libraries.at(-1)} that resolves to rows`,
  );
}
