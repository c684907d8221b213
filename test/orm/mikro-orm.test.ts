import { defineEntity, MikroORM } from "@mikro-orm/postgresql";
import { Command } from "mandate";
import { registerEntities } from "mandate/mikro-orm";
import { enqueuedJobs, performEnqueuedJobs, useTestAdapter } from "mandate/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { missing } from "../support/requires.ts";
import { describeGlobalIds } from "./contract.ts";
import { UUID, withDatabase } from "./database.ts";
import { needsNode } from "../support/needs-node.ts";

const User = defineEntity({
  name: "User",
  tableName: "users",
  properties: (p) => ({ id: p.integer().primary(), email: p.string() }),
});
const Post = defineEntity({
  name: "Post",
  tableName: "posts",
  properties: (p) => ({ id: p.bigint().primary(), title: p.string() }),
});
const Token = defineEntity({
  name: "Token",
  tableName: "tokens",
  properties: (p) => ({ id: p.uuid().primary(), purpose: p.string() }),
});
const Membership = defineEntity({
  name: "Membership",
  tableName: "memberships",
  properties: (p) => ({
    user: () => p.manyToOne(User).primary(),
    groupId: p.uuid().primary(),
    role: p.string(),
  }),
});

describeGlobalIds("MikroORM", {
  node: 22,
  names: ["User", "Post", "Token", "Membership"],
  async open(clientUrl) {
    const orm = await MikroORM.init({ clientUrl, entities: [User, Post, Token, Membership] });
    registerEntities(orm);
    return {
      async rows() {
        const em = orm.em.fork();
        return {
          users: await em.find(User, {}, { orderBy: { id: "asc" } }),
          post: await em.findOneOrFail(Post, { title: "On engines" }),
          token: await em.findOneOrFail(Token, UUID),
          membership: await em.findOneOrFail(Membership, { user: 1, groupId: UUID }),
        };
      },
      rename: async ({ id }, email) =>
        void (await orm.em.fork().nativeUpdate(User, { id }, { email })),
      remove: async ({ id }) => void (await orm.em.fork().nativeDelete(User, { id })),
      close: () => orm.close(),
    };
  },
});

describe.skipIf(needsNode(22) || missing("postgres"))(
  "registerEntities of mandate/mikro-orm",
  () => {
    const postgres = withDatabase();
    const managers: unknown[] = [];
    let orm: MikroORM;

    class Rename extends Command.initializeWith((user: { email: string }, email: string) => ({
      user,
      email,
    })) {
      async call() {
        managers.push(orm.em.getContext());
        this.user.email = this.email;
        await orm.em.flush();
      }
    }

    beforeAll(async () => {
      const entities = [User, Post, Token, Membership];
      orm = await MikroORM.init({ clientUrl: postgres.url, entities });
      registerEntities(orm);
    });
    afterAll(() => orm?.close());
    beforeEach(() => void useTestAdapter());

    it("takes a reference that is not loaded", async () => {
      const user = orm.em.fork().getReference(User, 1);

      await Rename.defer(user, "ada@example.com");

      expect(String(enqueuedJobs()[0]?.arguments[0])).toBe("gid://app/User/1");
    });

    it("gives each job a manager of its own, which saves what the job changed", async () => {
      const [ada, bob] = await orm.em.fork().find(User, {}, { orderBy: { id: "asc" } });
      await Rename.defer(ada!, "ada@example.com");
      await Rename.defer(bob!, "bob@example.com");

      await performEnqueuedJobs();

      const found = await orm.em.fork().find(User, { id: [1, 2] }, { orderBy: { id: "asc" } });
      expect(found.map(({ email }) => email)).toEqual(["ada@example.com", "bob@example.com"]);
      expect(new Set([...managers, orm.em]).size).toBe(3);
    });
  },
);
