import { CamelCasePlugin, type Generated, Kysely, PostgresDialect, sql } from "kysely";
import { GlobalID } from "mandate";
import { registerTables } from "mandate/kysely";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { missing } from "../support/requires.ts";
import { describeGlobalIds } from "./contract.ts";
import { UUID, withDatabase } from "./database.ts";

interface Database {
  users: { id: Generated<number>; email: string };
  posts: { id: string; title: string };
  tokens: { id: string; purpose: string };
  memberships: { user_id: number; group_id: string; role: string };
}

describeGlobalIds("Kysely", {
  names: ["users", "posts", "tokens", "memberships"],
  async open(connectionString) {
    const dialect = new PostgresDialect({ pool: new pg.Pool({ connectionString }) });
    const db = registerTables(new Kysely<Database>({ dialect }), {
      users: "id",
      posts: "id",
      tokens: "id",
      memberships: ["user_id", "group_id"],
    });
    return {
      rows: async () => ({
        users: await db.selectFrom("users").selectAll().orderBy("id").execute(),
        post: await db.selectFrom("posts").selectAll().executeTakeFirstOrThrow(),
        token: await db.selectFrom("tokens").selectAll().executeTakeFirstOrThrow(),
        membership: await db
          .selectFrom("memberships")
          .selectAll()
          .where("user_id", "=", 1)
          .where("group_id", "=", UUID)
          .executeTakeFirstOrThrow(),
      }),
      rename: async ({ id }, email) =>
        void (await db.updateTable("users").set({ email }).where("id", "=", id).execute()),
      remove: async ({ id }) => void (await db.deleteFrom("users").where("id", "=", id).execute()),
      close: () => db.destroy(),
    };
  },
});

describe.skipIf(missing("postgres"))("registerTables of mandate/kysely", () => {
  const postgres = withDatabase();
  let db: Kysely<Database>;

  beforeAll(() => {
    const pool = new pg.Pool({ connectionString: postgres.url });
    db = registerTables(
      new Kysely<Database>({ dialect: new PostgresDialect({ pool }) }),
      { users: "id", posts: "id" },
      { nameOf: (name) => `Kysely::${name}` },
    );
  });
  afterAll(() => db?.destroy());

  it("knows columns of one table, from wherever they are read", async () => {
    const rows = await Promise.all([
      db.selectFrom("users").select(["id", "email"]).orderBy("id").executeTakeFirst(),
      db.selectFrom("users as u").selectAll("u").where("u.id", "=", 1).executeTakeFirst(),
      db
        .selectFrom("public.users" as "users")
        .selectAll()
        .where("id", "=", 1)
        .executeTakeFirst(),
      db
        .selectFrom("users")
        .innerJoin("posts", "posts.title", "posts.title")
        .selectAll("users")
        .orderBy("users.id")
        .executeTakeFirst(),
      db
        .updateTable("users")
        .set({ email: "ada@example.org" })
        .where("id", "=", 1)
        .returningAll()
        .executeTakeFirst(),
      db
        .transaction()
        .execute((tx) => tx.selectFrom("users").selectAll().orderBy("id").executeTakeFirst()),
    ]);
    const inserted = await db
      .insertInto("users")
      .values({ email: "dan@example.org" })
      .returningAll()
      .executeTakeFirst();
    const deleted = await db
      .deleteFrom("users")
      .where("id", "=", inserted!.id)
      .returningAll()
      .executeTakeFirst();

    expect(rows.map(gid)).toEqual(Array(rows.length).fill("Kysely::users/1"));
    expect([inserted, deleted].map(gid)).toEqual(["Kysely::users/4", "Kysely::users/4"]);
  });

  it("knows no row that has something else, or lacks its key", async () => {
    const rows = await Promise.all([
      db.selectFrom("users").select(["id", "email as mail"]).executeTakeFirst(),
      db
        .selectFrom("users")
        .select(["id", sql`1`.as("one")])
        .executeTakeFirst(),
      db.selectFrom("users").select("email").executeTakeFirst(),
      db
        .selectFrom("users")
        .innerJoin("posts", "posts.title", "posts.title")
        .selectAll()
        .executeTakeFirst(),
      db.selectFrom(["users", "posts"]).selectAll().executeTakeFirst(),
      db
        .with("users", (with_) => with_.selectFrom("tokens").selectAll())
        .selectFrom("users")
        .selectAll()
        .executeTakeFirst(),
      db
        .selectFrom("users")
        .select("id")
        .union(db.selectFrom("users").select("id"))
        .executeTakeFirst(),
      db.selectFrom(db.selectFrom("users").selectAll().as("users")).selectAll().executeTakeFirst(),
      db.selectFrom("tokens").selectAll().executeTakeFirst(),
    ]);
    await sql`SELECT 1`.execute(db);

    for (const row of rows) expect(() => gid(row)).toThrow("no registered model has it");
  });

  it("knows rows whose columns and tables a plugin names", async () => {
    const pool = new pg.Pool({ connectionString: postgres.url });
    interface Camel {
      member: { userId: number; groupId: string };
    }
    await sql`CREATE VIEW member AS SELECT * FROM memberships`.execute(db);
    const plugins = [new CamelCasePlugin()];
    const camel = registerTables(
      new Kysely<Camel>({ dialect: new PostgresDialect({ pool }), plugins }),
      {
        member: ["userId", "groupId"],
      },
    );

    const row = await camel
      .selectFrom("member")
      .selectAll()
      .orderBy("userId")
      .executeTakeFirstOrThrow();

    expect(gid(row)).toBe(`member/1,${UUID}`);
    expect(await GlobalID.create(row).locate()).toEqual(row);
    await camel.destroy();
  });

  it("lets the compiler check the names of tables", () => {
    // @ts-expect-error there is no table of that name
    const misspelt = () => registerTables(db, { usres: "id" });

    expect(misspelt).toBeTypeOf("function");
  });
});

function gid(row: object | undefined): string {
  const { model, id } = GlobalID.create(row!);
  return `${model}/${String(id)}`;
}
