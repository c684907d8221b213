import { registerEntities } from "mandate/typeorm";
import { DataSource, EntitySchema } from "typeorm";
import { expect, it } from "vitest";
import { describeGlobalIds } from "./contract.ts";
import { UUID } from "./database.ts";

class User {
  declare id: number;
  declare email: string;
}
class Post {
  declare id: string;
  declare title: string;
}
class Token {
  declare id: string;
}
class Membership {
  declare userId: number;
  declare groupId: string;
  declare role: string;
}

const classes = [
  new EntitySchema<User>({
    name: "User",
    target: User,
    tableName: "users",
    columns: { id: { type: Number, primary: true, generated: true }, email: { type: String } },
  }),
  new EntitySchema<Post>({
    name: "Post",
    target: Post,
    tableName: "posts",
    columns: { id: { type: "bigint", primary: true }, title: { type: String } },
  }),
  new EntitySchema<Token>({
    name: "Token",
    target: Token,
    tableName: "tokens",
    columns: { id: { type: "uuid", primary: true } },
  }),
  new EntitySchema<Membership>({
    name: "Membership",
    target: Membership,
    tableName: "memberships",
    columns: {
      userId: { type: Number, primary: true, name: "user_id" },
      groupId: { type: "uuid", primary: true, name: "group_id" },
      role: { type: String },
    },
  }),
];

describeGlobalIds("TypeORM", {
  names: ["User", "Post", "Token", "Membership"],
  open: (url) => open(url, classes),
});

describeGlobalIds("TypeORM without classes", {
  names: ["PlainUser", "PlainPost", "PlainToken", "PlainMembership"],
  open: (url) =>
    open(
      url,
      classes.map(
        ({ options }) =>
          new EntitySchema<object>(Object.assign({}, options, { target: undefined }) as never),
      ),
      (name) => `Plain${name}`,
    ),
});

it("asks for a data source that knows its entities", () => {
  const dataSource = new DataSource({ type: "postgres", entities: classes });

  expect(() => registerEntities(dataSource)).toThrow(
    "Cannot register the entities of a TypeORM data source: it is not initialized, and does not know them yet. " +
      "Await dataSource.initialize() first",
  );
});

async function open(
  url: string,
  entities: readonly EntitySchema<any>[],
  nameOf = (name: string) => name,
) {
  const dataSource = new DataSource({ type: "postgres", url, entities: [...entities] });
  await dataSource.initialize();
  registerEntities(dataSource, { nameOf });
  const [users, posts, tokens, memberships] = entities.map((entity) =>
    dataSource.getRepository(entity),
  );
  return {
    rows: async () => ({
      users: (await users!.find({ order: { id: "ASC" } })) as User[],
      post: await posts!.findOneByOrFail({}),
      token: await tokens!.findOneByOrFail({}),
      membership: await memberships!.findOneByOrFail({ userId: 1, groupId: UUID }),
    }),
    rename: async ({ id }: User, email: string) => void (await users!.update({ id }, { email })),
    remove: async ({ id }: User) => void (await users!.delete({ id })),
    close: () => dataSource.destroy(),
  };
}
