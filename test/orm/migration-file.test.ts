import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate as migrateByDrizzle } from "drizzle-orm/node-postgres/migrator";
import knex from "knex";
import { Kysely, PostgresDialect } from "kysely";
import { Migrator } from "kysely/migration";
import { PostgresAdapter } from "mandate/postgres";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "../../src/support/logger.ts";
import { run } from "../cli/commands/recording-terminal.ts";
import { missing } from "../support/requires.ts";
import { PostgresServer } from "../support/postgres-server.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

describe.skipIf(missing("postgres"))("a migration of another tool", () => {
  let server: PostgresServer;
  let folder: string;
  let url: string;
  let databases = 0;

  beforeAll(async () => {
    server = await PostgresServer.start();
    // Where modules find the libraries.
    const cache = join(root, "node_modules/.cache");
    mkdirSync(cache, { recursive: true });
    folder = mkdtempSync(join(cache, "migrations-"));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await server?.dispose();
  });
  beforeEach(async () => {
    databases += 1;
    const client = new pg.Client(server.url);
    await client.connect();
    await client.query(`CREATE DATABASE own_${databases}`);
    await client.end();
    url = server.url.replace(/[^/]+$/, `own_${databases}`);
  });

  const fileFor = async (tool: string): Promise<string> =>
    (await run(["migrate", "--for", tool, "--schema", "jobs"])).lines.join("\n");
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
    return path;
  };

  /** Jobs can be enqueued and found there, by an adapter that makes no schema. */
  async function expectUsable(): Promise<void> {
    const adapter = new PostgresAdapter({
      connectionString: url,
      schema: "jobs",
      autoMigrate: false,
      logger: silentLogger,
    });
    await adapter.enqueue([{ jid: "a", queue: "default", payload: '{"class":"A","jid":"a"}' }]);
    expect(await adapter.store.size({ queue: "default" })).toBe(1);
    await adapter.close();
  }

  it("is run by Knex, beside the application's own", async () => {
    write("knex/1_mandate.mjs", await fileFor("knex"));
    write(
      "knex/2_users.mjs",
      "export const up = (knex) => knex.schema.createTable('users', (t) => t.increments());\nexport const down = () => {};\n",
    );
    const db = knex({ client: "pg", connection: url });

    const [, done] = (await db.migrate.latest({
      directory: join(folder, "knex"),
      loadExtensions: [".mjs"],
    })) as [number, string[]];

    expect(done).toEqual(["1_mandate.mjs", "2_users.mjs"]);
    expect(await db("public.users").select()).toEqual([]);
    await db.destroy();
    await expectUsable();
  });

  it("is run by Kysely, beside the application's own", async () => {
    // As it is written in TypeScript: it has nothing but JavaScript in it.
    const path = write("kysely/1_mandate.mjs", await fileFor("kysely"));
    const mandate = (await import(pathToFileURL(path).href)) as {
      up: (db: Kysely<unknown>) => Promise<void>;
    };
    const users = {
      up: (db: Kysely<unknown>): Promise<void> =>
        db.schema.createTable("users").addColumn("id", "integer").execute(),
    };
    const db = new Kysely<{ "public.users": { id: number } }>({
      dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url }) }),
    });

    const { error } = await new Migrator({
      db,
      provider: { getMigrations: async () => ({ "1_mandate": mandate, "2_users": users }) },
    }).migrateToLatest();

    expect(error).toBeUndefined();
    expect(await db.selectFrom("public.users").selectAll().execute()).toEqual([]);
    await db.destroy();
    await expectUsable();
  });

  it("is run by Drizzle, beside the application's own", async () => {
    write("drizzle/0000_mandate.sql", await fileFor("drizzle"));
    write("drizzle/0001_users.sql", "CREATE TABLE users (id int);");
    const entries = ["0000_mandate", "0001_users"].map((tag, idx) => {
      return { idx, version: "7", when: idx + 1, tag, breakpoints: true };
    });
    const journal = { version: "7", dialect: "postgresql", entries };
    write("drizzle/meta/_journal.json", JSON.stringify(journal));
    const pool = new pg.Pool({ connectionString: url });

    await migrateByDrizzle(drizzle(pool), { migrationsFolder: join(folder, "drizzle") });

    expect((await pool.query("SELECT * FROM public.users")).rows).toEqual([]);
    await pool.end();
    await expectUsable();
  });

  it("is run in Prisma's transaction", async () => {
    const sql = await fileFor("prisma");
    const client = new pg.Client(url);
    await client.connect();

    // As its engine runs migration.sql; the engine itself cannot be downloaded everywhere.
    await client.query(`BEGIN; ${sql} CREATE TABLE users (id int); COMMIT`);

    expect((await client.query("SELECT * FROM public.users")).rows).toEqual([]);
    await client.end();
    await expectUsable();
  });

  it("is not known of every tool", async () => {
    const { exit, notes } = await run(["migrate", "--for", "flyway"]);

    expect([exit, ...notes]).toEqual([
      2,
      'mandate: Cannot use "flyway" as --for: it is none of drizzle, prisma, knex, kysely. For another tool, --sql prints what to run',
    ]);
  });
});
