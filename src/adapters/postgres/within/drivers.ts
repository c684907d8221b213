import { hasMethods, type Shape } from "../../../support/shape.ts";
import { type Recogniser, rowsOf, type Value } from "./recogniser.ts";

interface Querying {
  query(text: string, values: readonly Value[]): Promise<unknown>;
}

/** `Client` and `PoolClient` of pg. */
export const pg: Recogniser = {
  library: "pg",
  recognise(given) {
    const isPool = hasMethods(given, "query", "connect", "end") && "idleCount" in given;
    if (isPool) {
      return { what: "a pool of pg", instead: "the client on which BEGIN was sent" };
    }
    if (!hasMethods(given, "query", "escapeIdentifier")) return undefined;
    // Since pg 8.21. What an earlier one has is taken at its word.
    const client = given as { getTransactionStatus?(): string | null };
    if (client.getTransactionStatus?.() === "I") {
      return { what: "a client of pg without one", instead: "the client after BEGIN" };
    }
    return asQuery(given);
  },
};

/** What `sql.begin` of postgres.js hands out. */
export const postgresJs: Recogniser = {
  library: "postgres.js",
  recognise(given) {
    if (typeof given !== "function" || !hasMethods(given, "unsafe")) return undefined;
    if (hasMethods(given, "begin")) {
      return { what: "postgres.js itself", instead: "what sql.begin hands to its function" };
    }
    const sql = given as unknown as {
      unsafe(text: string, values: unknown, options: object): PromiseLike<unknown>;
    };
    return async (text, values) => rowsOf(await sql.unsafe(text, values, { prepare: false }));
  },
};

/** What `transaction` of a PGlite hands out. */
export const pglite: Recogniser = {
  library: "PGlite",
  recognise(given) {
    if (!hasMethods(given, "query", "exec", "sql")) return undefined;
    if (hasMethods(given, "transaction")) {
      return { what: "a PGlite", instead: "what its transaction() hands to its function" };
    }
    if (given["closed"] === true) {
      return { what: "a transaction of PGlite that is over", instead: "one that is open" };
    }
    return asQuery(given);
  },
};

/** Whatever takes a statement and its values: a library that nobody knew, wrapped. */
export const own: Recogniser = {
  library: "an object with a query(text, values)",
  recognise: (given) =>
    Object.keys(given).includes("query") && hasMethods(given, "query") ? asQuery(given) : undefined,
};

function asQuery(given: Shape) {
  const client = given as unknown as Querying;
  return async (text: string, values: readonly Value[]) => rowsOf(await client.query(text, values));
}
