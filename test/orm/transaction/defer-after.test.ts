import { setTimeout as sleep } from "node:timers/promises";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  onTestFinished,
  vi,
} from "vitest";
import pg from "pg";
import { DataSource, type QueryRunner } from "typeorm";
import { MemoryAdapter } from "../../../src/adapters/memory/memory-adapter.ts";
import { openTransaction } from "../../../src/adapters/postgres/within/open-transaction.ts";
import { Command, configure, deferAfter, silentLogger } from "../../../src/index.ts";
import { needsNode } from "../../support/needs-node.ts";
import { PostgresServer } from "../../support/postgres-server.ts";
import { missing } from "../../support/requires.ts";
import { libraries, type Library } from "./libraries.ts";

class Welcome extends Command.initializeWith((name: string) => ({ name })) {
  call(): void {}
}

const TABLES = `
  CREATE TABLE parent (id int PRIMARY KEY);
  CREATE TABLE child (parent int REFERENCES parent DEFERRABLE INITIALLY DEFERRED);`;
const REFUSED_AT_COMMIT = "INSERT INTO child VALUES (1) RETURNING parent AS one";

const TELLING = [
  "Knex",
  "Objection",
  "TypeORM",
  "TypeORM's query runner",
  "MikroORM",
  "Sequelize 6",
  "Sequelize 7",
];

describe.skipIf(missing("postgres"))("deferAfter a transaction", () => {
  let server: PostgresServer;
  let adapter: MemoryAdapter;

  beforeAll(async () => {
    server = await PostgresServer.start();
    const client = new pg.Client(server.url);
    await client.connect();
    await client.query(TABLES);
    await client.end();
  });
  afterAll(() => server.dispose());
  beforeEach(() => {
    adapter = new MemoryAdapter();
    configure({ adapter, logger: silentLogger });
  });
  afterEach(() => vi.restoreAllMocks());

  describe.each(Object.entries(libraries))("of %s", (name, { node = 20, open }) => {
    const isOld = needsNode(node);
    const tells = TELLING.includes(name);
    let library: Library;

    beforeAll(async () => {
      if (!isOld) library = await open(server.url);
    });
    afterAll(() => library?.close());

    it.skipIf(isOld || tells)("is refused, and says how to do it", async () => {
      await library.transaction(async (tx) => {
        await expect(deferAfter(tx as object, () => Welcome.defer("a"))).rejects.toThrow(
          "Cannot defer after this transaction: only those of Knex, Objection, Sequelize, TypeORM and MikroORM tell how they end. " +
            "Put deferAfter around it: deferAfter(() => db.transaction(…))",
        );
      });
    });

    describe.skipIf(isOld || !tells)("enqueues", () => {
      it("what was deferred once that is committed, and not before", async () => {
        await library.transaction(async (tx) => {
          const output = await deferAfter(tx as object, async () => {
            await Welcome.defer("a");
            await Welcome.defer("b");
            return "output";
          });

          expect(output).toBe("output");
          await sleep(5);
          expect(await names()).toEqual([]);
        });

        await expect.poll(names).toEqual(["a", "b"]);
      });

      it("nothing where that is rolled back", async () => {
        const failing = library.transaction(async (tx) => {
          await deferAfter(tx as object, () => Welcome.defer("a"));
          throw new Error("rolled back");
        });

        await expect(failing).rejects.toThrow("rolled back");
        await library.transaction((tx) => deferAfter(tx as object, later("b")));
        await expect.poll(names).toEqual(["b"]);
      });

      it("nothing of what failed itself", async () => {
        await library.transaction(async (tx) => {
          const failing = deferAfter(tx as object, async () => {
            await Welcome.defer("a");
            throw new Error("no");
          });
          await expect(failing).rejects.toThrow("no");
          await deferAfter(tx as object, later("b"));
        });

        await expect.poll(names).toEqual(["b"]);
      });

      it("nothing where the commit fails", async () => {
        const failing = library.transaction(async (tx) => {
          await deferAfter(tx as object, later("a"));
          await openTransaction(tx).query(REFUSED_AT_COMMIT, []);
        });

        await expect(failing).rejects.toThrow("child_parent_fkey");
        await library.transaction((tx) => deferAfter(tx as object, later("b")));
        await expect.poll(names).toEqual(["b"]);
      });

      it("each time in a deferAfter of its own, side by side", async () => {
        await Promise.all(
          ["a", "b"].map((each) =>
            library.transaction(async (tx) => {
              await deferAfter(tx as object, later(`${each}1`));
              await deferAfter(tx as object, later(`${each}2`));
            }),
          ),
        );

        await expect.poll(async () => (await names()).toSorted()).toEqual(["a1", "a2", "b1", "b2"]);
      });

      it("of as many as there are in one, without a warning", async () => {
        const warned = vi.fn<() => void>();
        process.on("warning", warned);
        onTestFinished(() => void process.off("warning", warned));
        const many = Array.from({ length: 20 }, (_, index) => `${10 + index}`);

        await library.transaction(async (tx) => {
          for (const each of many) await deferAfter(tx as object, later(each));
        });

        await expect.poll(async () => (await names()).toSorted()).toEqual(many);
        expect(warned).not.toHaveBeenCalled();
      });

      it("where it is within another, when that has resolved", async () => {
        await deferAfter(async () => {
          await library.transaction((tx) => deferAfter(tx as object, later("a")));
          await sleep(5);
          expect(await names()).toEqual([]);
        });

        await expect.poll(names).toEqual(["a"]);
      });

      it.skipIf(name === "MikroORM")("what is of a savepoint with all the rest", async (test) => {
        if (library.savepoint === undefined) return test.skip();
        await library.transaction(async (tx) => {
          await library.savepoint?.(tx, (inner) => deferAfter(inner as object, later("a")));
          await library
            .savepoint?.(tx, async (inner) => {
              await deferAfter(inner as object, later("b"));
              throw new Error("back to the savepoint");
            })
            .catch(() => undefined);
          await deferAfter(tx as object, later("c"));
          expect(await names()).toEqual([]);
        });

        await expect.poll(async () => (await names()).toSorted()).toEqual(["a", "c"]);
      });

      it.skipIf(name === "MikroORM")(
        "nothing of a savepoint where all is rolled back",
        async (test) => {
          if (library.savepoint === undefined) return test.skip();
          await library
            .transaction(async (tx) => {
              await library.savepoint?.(tx, (inner) => deferAfter(inner as object, later("a")));
              throw new Error("rolled back");
            })
            .catch(() => undefined);

          await library.transaction((tx) => deferAfter(tx as object, later("b")));
          await expect.poll(names).toEqual(["b"]);
        },
      );

      it("nothing, where the store is away, and says so", async () => {
        const error = vi.fn<(fields: object, message: string) => void>();
        configure({ logger: { ...silentLogger, error } });
        vi.spyOn(adapter, "enqueue").mockRejectedValue(new Error("away"));

        await library.transaction((tx) => deferAfter(tx as object, later("a")));

        await vi.waitFor(() =>
          expect(error).toHaveBeenCalledWith(
            { err: expect.any(Error), jids: [expect.any(String)] },
            "Did not enqueue Welcome after the transaction was committed: Error: away. Defer anew what is missing",
          ),
        );
      });

      it("nothing where it is none that is open", async () => {
        await expect(deferAfter(library.none as object, later("a"))).rejects.toThrow(
          /^Cannot defer after this transaction: (it is .* Pass|only those of Knex)/,
        );
      });
    });

    it.skipIf(isOld || name !== "MikroORM")("is refused in a nested one", async () => {
      await library.transaction((tx) =>
        Promise.resolve(
          library.savepoint?.(tx, async (inner) => {
            await expect(deferAfter(inner as object, later("a"))).rejects.toThrow(
              "it is a manager of MikroORM within another transaction. Pass the manager that the outermost em.transactional",
            );
          }),
        ).then(() => undefined),
      );
    });
  });

  it("leaves no subscriber with TypeORM, and passes over none, however a transaction ends", async () => {
    const dataSource = await new DataSource({ type: "postgres", url: server.url }).initialize();
    const told = vi.fn<() => void>();
    dataSource.subscribers.push({ afterTransactionCommit: told, afterTransactionRollback: told });
    const begin = async (): Promise<QueryRunner> => {
      const runner = dataSource.createQueryRunner();
      await runner.startTransaction();
      await deferAfter(runner, later("a"));
      // Behind ours.
      dataSource.subscribers.push(...dataSource.subscribers.splice(0, 1));
      return runner;
    };

    const committed = await begin();
    await committed.commitTransaction();
    const rolledBack = await begin();
    await rolledBack.rollbackTransaction();
    const broken = await begin();
    await broken.release();
    const last = await begin();
    await last.commitTransaction();
    await Promise.all([committed, rolledBack, last].map((runner) => runner.release()));

    expect(told).toHaveBeenCalledTimes(3);
    expect(dataSource.subscribers).toHaveLength(1);
    expect(await names()).toEqual(["a", "a"]);
    await dataSource.destroy();
  });

  it.each([[undefined], [7], [{}]])("of %j is refused", async (tx) => {
    await expect(deferAfter(tx as never, later("a"))).rejects.toThrow(
      "Cannot defer after this transaction: only those of",
    );
  });

  function later(name: string): () => Promise<void> {
    return async () => void (await Welcome.defer(name));
  }

  async function names(): Promise<string[]> {
    const { jobs } = await adapter.store.page({ queue: "default" }, undefined, 100);
    return jobs.map(({ payload }) => (JSON.parse(payload) as { args: string[] }).args[1] ?? "");
  }
});
