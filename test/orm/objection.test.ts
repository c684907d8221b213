import knex from "knex";
import { registerModels } from "mandate/objection";
import { Model } from "objection";
import { describeGlobalIds } from "./contract.ts";
import { UUID } from "./database.ts";

class User extends Model {
  static override tableName = "users";
  declare id: number;
  declare email: string;
}
class Post extends Model {
  static override tableName = "posts";
  declare id: string;
}
class Token extends Model {
  static override tableName = "tokens";
  declare id: string;
}
class Membership extends Model {
  static override tableName = "memberships";
  static override idColumn = ["user_id", "group_id"];
  declare role: string;
}

describeGlobalIds("Objection", {
  names: ["User", "Post", "Token", "Membership"],
  async open(connection) {
    const database = knex({ client: "pg", connection });
    Model.knex(database);
    registerModels([User, Post, Token, Membership]);
    return {
      rows: async () => ({
        users: await User.query().orderBy("id"),
        post: (await Post.query().first())!,
        token: (await Token.query().first())!,
        membership: (await Membership.query().findById([1, UUID]))!,
      }),
      rename: async ({ id }, email) => void (await User.query().findById(id).patch({ email })),
      remove: async ({ id }) => void (await User.query().deleteById(id)),
      close: () => database.destroy(),
    };
  },
});
