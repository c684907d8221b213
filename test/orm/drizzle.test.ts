import { eq, relations, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { bigint, integer, pgTable, primaryKey, serial, text, uuid } from "drizzle-orm/pg-core";
import { Command, GlobalID } from "mandate";
import { registerTables } from "mandate/drizzle";
import { performEnqueuedJobs, useTestAdapter } from "mandate/testing";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeGlobalIds } from "./contract.ts";
import { UUID, withDatabase } from "./database.ts";
import { missing } from "../support/requires.ts";

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
const userRelations = relations(users, ({ many }) => ({ posts: many(posts) }));
const postRelations = relations(posts, ({ one }) => ({
  user: one(users, { fields: [posts.userId], references: [users.id] }),
}));
const schema = { users, posts, tokens, memberships, userRelations, postRelations };

type User = typeof users.$inferSelect;

const mailed: (string | undefined)[] = [];

class SendWelcomeEmail extends Command.initializeWith((user?: User) => ({ user })) {
  call() {
    mailed.push(this.user?.email);
  }
}

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

describe.skipIf(missing("postgres"))("registerTables of mandate/drizzle", () => {
  const postgres = withDatabase();
  let client: pg.Pool;
  let db: ReturnType<typeof connect>;

  beforeAll(() => {
    client = new pg.Pool({ connectionString: postgres.url });
    db = connect(client);
    registerTables(db, schema);
  });
  afterAll(() => client?.end());

  it("has a command get the row", async () => {
    useTestAdapter();
    const [user] = await db.select().from(users).orderBy(users.id);

    await SendWelcomeEmail.defer(user);
    await performEnqueuedJobs();

    expect(mailed).toEqual(["ada@example.org"]);
  });

  it("knows what is returned, joined, prepared, read with others, and read in transactions", async () => {
    const [inserted] = await db.insert(users).values({ email: "dan@example.org" }).returning();
    const [joined] = await db.select().from(posts).leftJoin(users, eq(posts.userId, users.id));
    const prepared = db.select().from(users).orderBy(users.id).limit(1).prepare("first_user");
    const [first] = await prepared.execute();
    await db.insert(posts).values({ id: 12n, title: "On looms", userId: 2 });
    const withPosts = await db.query.users.findFirst({
      where: eq(users.id, 2),
      with: { posts: { with: { user: true } } },
    });
    const [inside, nested] = await db.transaction(async (tx) => [
      (await tx.query.users.findFirst({ orderBy: users.id }))!,
      await tx.transaction(
        async (inner) => (await inner.select().from(users).orderBy(users.id))[0]!,
      ),
    ]);

    expect(
      [inserted, joined?.posts, joined?.users, first, withPosts, inside, nested].map(gid),
    ).toEqual([
      "users/4",
      "posts/9007199254740993",
      "users/1",
      "users/1",
      "users/2",
      "users/1",
      "users/1",
    ]);
    expect([withPosts?.posts[0], withPosts?.posts[0]?.user].map(gid)).toEqual([
      "posts/12",
      "users/2",
    ]);
  });

  it("knows no row that has something else, or lacks its key", async () => {
    const [renamed] = await db.select({ id: users.id, mail: users.email }).from(users);
    const [computed] = await db.select({ id: users.id, email: sql`upper(email)` }).from(users);
    const [keyless] = await db.select({ email: users.email }).from(users);
    const [mixed] = await db
      .select({ id: users.id, title: posts.title })
      .from(users)
      .innerJoin(posts, sql`true`);
    const extra = await db.query.users.findFirst({
      extras: { loud: sql`upper(email)`.as("loud") },
    });
    const raw = (await db.execute(sql`SELECT * FROM users`)).rows[0];

    for (const row of [renamed, computed, keyless, mixed, extra, raw]) {
      expect(() => gid(row)).toThrow("no registered model has it");
    }
  });

  it("leaves out a model that nameOf gives no name", async () => {
    const other = connect(client);
    registerTables(
      other,
      { users, tokens },
      { nameOf: (name) => (name === "users" ? "Member" : undefined) },
    );

    expect(gid((await other.select().from(users).orderBy(users.id))[0])).toBe("Member/1");
    const [token] = await other.select().from(tokens);
    expect(() => gid(token)).toThrow("no registered model has it");
  });

  it("refuses what is no database of Drizzle", () => {
    expect(() => registerTables({ select() {} }, schema)).toThrow(
      "Cannot register the tables of this database: it is none of Drizzle, or of a version whose rows nobody can follow. " +
        'Use globalId.register, and say of rows what they are: reference("users", row)',
    );
  });
});

function connect(client: pg.Pool) {
  return drizzle({ client, schema });
}

function gid(row: object | null | undefined): string {
  const { model, id } = GlobalID.create(row!);
  return `${model}/${String(id)}`;
}
