import { Kysely, PostgresDialect } from "kysely";
import { registerTables } from "mandate/kysely";
import pg from "pg";
import { describeGlobalIds, UUID } from "./contract.ts";

interface Database {
  users: { id: number; email: string };
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
