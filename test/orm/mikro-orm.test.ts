import { defineEntity, MikroORM } from "@mikro-orm/postgresql";
import { registerEntities } from "mandate/mikro-orm";
import { describeGlobalIds, UUID } from "./contract.ts";

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
