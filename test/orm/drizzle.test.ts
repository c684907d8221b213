import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { bigint, integer, pgTable, primaryKey, serial, text, uuid } from "drizzle-orm/pg-core";
import { registerTables } from "mandate/drizzle";
import pg from "pg";
import { describeGlobalIds, UUID } from "./contract.ts";

const users = pgTable("users", { id: serial().primaryKey(), email: text().notNull() });
const posts = pgTable("posts", {
  id: bigint({ mode: "bigint" }).primaryKey(),
  title: text().notNull(),
  userId: integer("user_id").notNull(),
});
const tokens = pgTable("tokens", { id: uuid().primaryKey(), purpose: text().notNull() });
const memberships = pgTable(
  "memberships",
  {
    userId: integer("user_id").notNull(),
    groupId: uuid("group_id").notNull(),
    role: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.groupId] })],
);
const schema = { users, posts, tokens, memberships };

describeGlobalIds("Drizzle", {
  names: ["users", "posts", "tokens", "memberships"],
  async open(connectionString) {
    const client = new pg.Pool({ connectionString });
    const db = drizzle({ client, schema });
    registerTables(db, schema);
    return {
      rows: async () => ({
        users: await db.select().from(users).orderBy(users.id),
        post: (await db.query.posts.findFirst())!,
        token: (await db.select().from(tokens))[0]!,
        membership: (await db.query.memberships.findFirst({
          where: (table, { and }) => and(eq(table.userId, 1), eq(table.groupId, UUID)),
        }))!,
      }),
      rename: async ({ id }, email) =>
        void (await db.update(users).set({ email }).where(eq(users.id, id))),
      remove: async ({ id }) => void (await db.delete(users).where(eq(users.id, id))),
      close: () => client.end(),
    };
  },
});
