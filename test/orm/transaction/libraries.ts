import { PGlite } from "@electric-sql/pglite";
import { defineEntity, MikroORM } from "@mikro-orm/postgresql";
import { PrismaPg } from "@prisma/adapter-pg";
import { PostgresDialect as SequelizePostgres } from "@sequelize/postgres";
import { Sequelize as Sequelize7, TransactionNestMode } from "@sequelize/core";
import { drizzle as drizzlePg } from "drizzle-orm/node-postgres";
import { drizzle as drizzlePostgresJs } from "drizzle-orm/postgres-js";
import knex from "knex";
import { CamelCasePlugin, Kysely, PostgresDialect } from "kysely";
import { Model } from "objection";
import pg from "pg";
import postgres from "postgres";
import { Sequelize } from "sequelize";
import { DataSource } from "typeorm";
import { PrismaClient } from "../../fixtures/prisma/generated/client.ts";

type Work = (tx: unknown) => Promise<void>;

/** A library, connected. */
export interface Library {
  /** Runs `work` in a transaction; one that throws rolls it back. */
  transaction(work: Work): Promise<unknown>;
  /** Runs it in a savepoint of a transaction of this library; one that throws rolls that back. */
  savepoint?(tx: unknown, work: Work): Promise<unknown>;
  /** What is no transaction, but might be taken for one. */
  readonly none: unknown;
  close(): Promise<unknown>;
}

export const libraries: Readonly<
  Record<string, { readonly node?: number; open(url: string): Promise<Library> }>
> = {
  pg: {
    async open(connectionString) {
      const pool = new pg.Pool({ connectionString });
      const within = async (
        client: pg.PoolClient,
        [begin, commit, rollback]: readonly string[],
        work: Work,
      ) => {
        await client.query(begin!);
        try {
          await work(client);
          await client.query(commit!);
        } catch (error) {
          await client.query(rollback!);
          throw error;
        }
      };
      return {
        async transaction(work) {
          const client = await pool.connect();
          await within(client, ["BEGIN", "COMMIT", "ROLLBACK"], work).finally(() =>
            client.release(),
          );
        },
        savepoint: (tx, work) =>
          within(
            tx as pg.PoolClient,
            ["SAVEPOINT one", "RELEASE SAVEPOINT one", "ROLLBACK TO SAVEPOINT one"],
            work,
          ),
        none: pool,
        close: () => pool.end(),
      };
    },
  },
  "postgres.js": {
    async open(url) {
      const sql = postgres(url, { max: 2 });
      return {
        transaction: (work) => sql.begin((tx) => work(tx)),
        savepoint: (tx, work) => (tx as postgres.TransactionSql).savepoint((inner) => work(inner)),
        none: sql,
        close: () => sql.end(),
      };
    },
  },
  "Drizzle on pg": {
    async open(connectionString) {
      const client = new pg.Pool({ connectionString });
      const db = drizzlePg({ client });
      return { ...drizzled(db), close: () => client.end() };
    },
  },
  "Drizzle on postgres.js": {
    async open(url) {
      const client = postgres(url, { max: 2 });
      const db = drizzlePostgresJs({ client });
      return { ...drizzled(db), close: () => client.end() };
    },
  },
  Kysely: {
    async open(connectionString) {
      const pool = new pg.Pool({ connectionString });
      const db = new Kysely<unknown>({
        dialect: new PostgresDialect({ pool }),
        plugins: [new CamelCasePlugin()],
      });
      return {
        transaction: (work) => db.transaction().execute(work),
        none: db,
        close: () => db.destroy(),
      };
    },
  },
  "Kysely, controlled": {
    async open(connectionString) {
      const pool = new pg.Pool({ connectionString });
      const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
      type Controlled = Awaited<ReturnType<ReturnType<typeof db.startTransaction>["execute"]>>;
      return {
        async transaction(work) {
          const tx = await db.startTransaction().execute();
          try {
            await work(tx);
            await tx.commit().execute();
          } catch (error) {
            await tx.rollback().execute();
            throw error;
          }
        },
        async savepoint(tx, work) {
          const inner = await (tx as Controlled).savepoint("one").execute();
          try {
            await work(inner);
            await inner.releaseSavepoint("one").execute();
          } catch (error) {
            await inner.rollbackToSavepoint("one").execute();
            throw error;
          }
        },
        none: db,
        close: () => db.destroy(),
      };
    },
  },
  Knex: {
    async open(connection) {
      const database = knex({ client: "pg", connection });
      return {
        transaction: (work) => database.transaction(work),
        savepoint: (tx, work) => (tx as typeof database).transaction(work),
        none: database,
        close: () => database.destroy(),
      };
    },
  },
  Objection: {
    async open(connection) {
      const database = knex({ client: "pg", connection });
      class Any extends Model {}
      Any.knex(database);
      return {
        transaction: (work) => Any.transaction(work),
        savepoint: (tx, work) => Any.transaction(tx as never, work),
        none: database,
        close: () => database.destroy(),
      };
    },
  },
  Prisma: {
    async open(connectionString) {
      const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString }) });
      return {
        transaction: (work) => prisma.$transaction(work),
        savepoint: (tx, work) => (tx as typeof prisma).$transaction(work),
        none: prisma,
        close: () => prisma.$disconnect(),
      };
    },
  },
  TypeORM: {
    async open(url) {
      const dataSource = await new DataSource({ type: "postgres", url }).initialize();
      return {
        transaction: (work) => dataSource.transaction(work),
        savepoint: (tx, work) => (tx as typeof dataSource.manager).transaction(work),
        none: dataSource.manager,
        close: () => dataSource.destroy(),
      };
    },
  },
  "TypeORM's query runner": {
    async open(url) {
      const dataSource = await new DataSource({ type: "postgres", url }).initialize();
      return {
        async transaction(work) {
          const runner = dataSource.createQueryRunner();
          await runner.startTransaction();
          try {
            await work(runner);
            await runner.commitTransaction();
          } catch (error) {
            await runner.rollbackTransaction();
            throw error;
          } finally {
            await runner.release();
          }
        },
        none: dataSource.createQueryRunner(),
        close: () => dataSource.destroy(),
      };
    },
  },
  MikroORM: {
    node: 22,
    async open(clientUrl) {
      const User = defineEntity({
        name: "TransactionUser",
        tableName: "users",
        properties: (p) => ({ id: p.integer().primary() }),
      });
      const orm = await MikroORM.init({ clientUrl, entities: [User] });
      return {
        transaction: (work) => orm.em.fork().transactional(work),
        savepoint: (tx, work) => (tx as typeof orm.em).transactional(work),
        none: orm.em.fork(),
        close: () => orm.close(),
      };
    },
  },
  "Sequelize 6": {
    async open(url) {
      const sequelize = new Sequelize(url, { logging: false });
      return {
        transaction: (work) => sequelize.transaction(work),
        savepoint: (transaction, work) =>
          sequelize.transaction({ transaction: transaction as never }, work),
        none: await over((work) => sequelize.transaction(work)),
        close: () => sequelize.close(),
      };
    },
  },
  "Sequelize 7": {
    async open(url) {
      const sequelize = new Sequelize7({ dialect: SequelizePostgres, url });
      return {
        transaction: (work) => sequelize.transaction(work),
        savepoint: (transaction, work) =>
          sequelize.transaction(
            { transaction: transaction as never, nestMode: TransactionNestMode.savepoint },
            work,
          ),
        none: await over((work) => sequelize.transaction(work)),
        close: () => sequelize.close(),
      };
    },
  },
};

export async function openPGlite(tables: string): Promise<Library & { readonly db: PGlite }> {
  const db = await PGlite.create();
  await db.exec(tables);
  return { db, transaction: (work) => db.transaction(work), none: db, close: () => db.close() };
}

function drizzled(db: { transaction(work: Work): Promise<unknown> }): Omit<Library, "close"> {
  return {
    transaction: (work) => db.transaction(work),
    savepoint: (tx, work) => (tx as typeof db).transaction(work),
    none: db,
  };
}

/** A transaction that has ended. */
async function over(transaction: (work: Work) => Promise<unknown>): Promise<unknown> {
  let kept: unknown;
  await transaction(async (tx) => {
    kept = tx;
  });
  return kept;
}
