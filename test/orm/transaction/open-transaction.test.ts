import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openTransaction } from "../../../src/adapters/postgres/within/open-transaction.ts";
import { PostgresServer } from "../../support/postgres-server.ts";
import { missing } from "../../support/requires.ts";
import { needsNode } from "../../support/needs-node.ts";
import { libraries, openPGlite, type Library } from "./libraries.ts";

const tables = `
  CREATE TABLE note (text text NOT NULL, number int);
  CREATE FUNCTION take(text, int) RETURNS TABLE (accepted int) LANGUAGE sql
    AS 'INSERT INTO note VALUES ($1, $2) RETURNING coalesce(number, -1)';`;
const TAKE = "SELECT accepted FROM take($2::text, $1::int)";
/** What some library takes for a part of the statement. */
const AWKWARD = `{"why?":"$1 ?? \\? 'it''s' \\"so\\" :name @x {{y}} ü"}`;

describe.skipIf(missing("postgres"))("openTransaction on Postgres", () => {
  let server: PostgresServer;
  let client: pg.Client;

  beforeAll(async () => {
    server = await PostgresServer.start();
    client = new pg.Client(server.url);
    await client.connect();
    await client.query(tables);
  });
  afterAll(async () => {
    await client?.end();
    await server?.dispose();
  });
  beforeEach(async () => void (await client.query("DELETE FROM note")));

  describe.each(Object.entries(libraries))("of %s", (_, { node = 20, open }) => {
    const isOld = needsNode(node);
    let library: Library;

    beforeAll(async () => {
      if (!isOld) library = await open(server.url);
    });
    afterAll(() => library?.close());

    it.skipIf(isOld)("sends statements in it, which are there once it is committed", async () => {
      let rows: unknown;
      let before: unknown;

      await library.transaction(async (tx) => {
        rows = await openTransaction(tx).query(TAKE, [7, AWKWARD]);
        before = await notes();
      });

      expect(rows).toEqual([{ accepted: 7 }]);
      expect(before).toEqual([]);
      expect(await notes()).toEqual([{ text: AWKWARD, number: 7 }]);
    });

    it.skipIf(isOld)("leaves nothing where it is rolled back", async () => {
      const failing = library.transaction(async (tx) => {
        await openTransaction(tx).query(TAKE, [1, "gone"]);
        throw new Error("no");
      });

      await expect(failing).rejects.toThrow("no");
      expect(await notes()).toEqual([]);
    });

    it.skipIf(isOld)("sends the same statement many times, values that are null too", async () => {
      await library.transaction(async (tx) => {
        const { query } = openTransaction(tx);
        for (const number of [1, null, 3]) {
          expect(await query(TAKE, [number, "again"])).toEqual([{ accepted: number ?? -1 }]);
        }
      });

      expect(await notes()).toHaveLength(3);
    });

    it.skipIf(isOld)("is a part of a savepoint, and goes with it", async (context) => {
      if (library.savepoint === undefined) return context.skip();

      await library.transaction(async (tx) => {
        await openTransaction(tx).query(TAKE, [1, "outside"]);
        await library.savepoint?.(tx, async (inner) => {
          await openTransaction(inner).query(TAKE, [2, "kept"]);
        });
        const undone = library.savepoint?.(tx, async (inner) => {
          await openTransaction(inner).query(TAKE, [3, "undone"]);
          throw new Error("not this");
        });
        await expect(undone).rejects.toThrow("not this");
        await openTransaction(tx).query(TAKE, [4, "after"]);
      });

      expect((await notes()).map(({ text }) => text)).toEqual(["outside", "kept", "after"]);
    });

    it.skipIf(isOld)("refuses what is no transaction that is open", () => {
      expect(() => openTransaction(library.none)).toThrow(
        /^Cannot use what was given as a transaction: it is .* Pass /,
      );
    });
  });

  async function notes(): Promise<readonly { text: string; number: number }[]> {
    return (await client.query("SELECT * FROM note ORDER BY number")).rows as never;
  }
});

describe("openTransaction", () => {
  // Starting it compiles a Postgres.
  it("sends statements in one of PGlite", { timeout: 120_000 }, async () => {
    const { db, transaction, close } = await openPGlite(tables);
    let kept: unknown;

    await transaction(async (tx) => {
      kept = tx;
      expect(await openTransaction(tx).query(TAKE, [7, AWKWARD])).toEqual([{ accepted: 7 }]);
    });

    expect((await db.query("SELECT * FROM note")).rows).toEqual([{ text: AWKWARD, number: 7 }]);
    expect(() => openTransaction(kept)).toThrow("it is a transaction of PGlite that is over");
    expect(() => openTransaction(db)).toThrow("it is a PGlite. Pass");
    await close();
  });

  it("takes an object that sends statements", async () => {
    const query = async (text: string, values: unknown) => [{ text, values }];

    expect(await openTransaction({ query }).query("SELECT $1", ["a"])).toEqual([
      { text: "SELECT $1", values: ["a"] },
    ]);
  });

  it.each([undefined, null, "tx", {}, () => {}, { commit() {} }])("refuses %s", (given) => {
    expect(() => openTransaction(given)).toThrow(
      new TypeError(
        "Cannot use what was given as a transaction: it is of no library that is known. " +
          "Pass a transaction of Prisma, MikroORM, TypeORM, Sequelize, Drizzle, Kysely, Knex, Objection, postgres.js, PGlite, pg; " +
          "or an object with a query(text, values) that resolves to rows",
      ),
    );
  });

  it("refuses a client of pg that has begun none", async () => {
    const idle = { query() {}, escapeIdentifier() {}, getTransactionStatus: () => "I" };

    expect(() => openTransaction(idle)).toThrow(
      "it is a client of pg without one. Pass the client after BEGIN",
    );
  });
});
