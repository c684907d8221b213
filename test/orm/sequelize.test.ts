import { DataTypes as DataTypes7, Sequelize as Sequelize7 } from "@sequelize/core";
import { PostgresDialect } from "@sequelize/postgres";
import { registerModels } from "mandate/sequelize";
import { DataTypes, Sequelize } from "sequelize";
import { describeGlobalIds } from "./contract.ts";
import { UUID } from "./database.ts";

describeGlobalIds("Sequelize 6", {
  names: ["User", "Post", "Token", "Membership"],
  async open(url) {
    const sequelize = new Sequelize(url, {
      logging: false,
      define: { timestamps: false, underscored: true },
    });
    const primaryKey = true;
    const models = {
      User: sequelize.define("User", {
        id: { type: DataTypes.INTEGER, primaryKey, autoIncrement: true },
        email: DataTypes.STRING,
      }),
      Post: sequelize.define("Post", {
        id: { type: DataTypes.BIGINT, primaryKey },
        title: DataTypes.STRING,
      }),
      Token: sequelize.define("Token", { id: { type: DataTypes.UUID, primaryKey } }),
      Membership: sequelize.define("Membership", {
        userId: { type: DataTypes.INTEGER, primaryKey },
        groupId: { type: DataTypes.UUID, primaryKey },
        role: DataTypes.STRING,
      }),
    };
    registerModels(sequelize);
    return opened(models, () => sequelize.close());
  },
});

describeGlobalIds("Sequelize 7", {
  names: ["Seven::User", "Seven::Post", "Seven::Token", "Seven::Membership"],
  async open(url) {
    const sequelize = new Sequelize7({
      dialect: PostgresDialect,
      url,
      define: { timestamps: false, underscored: true },
    });
    const primaryKey = true;
    const models = {
      User: sequelize.define("User", {
        id: { type: DataTypes7.INTEGER, primaryKey, autoIncrement: true },
        email: DataTypes7.STRING,
      }),
      Post: sequelize.define("Post", {
        id: { type: DataTypes7.BIGINT, primaryKey },
        title: DataTypes7.STRING,
      }),
      Token: sequelize.define("Token", { id: { type: DataTypes7.UUID, primaryKey } }),
      Membership: sequelize.define("Membership", {
        userId: { type: DataTypes7.INTEGER, primaryKey },
        groupId: { type: DataTypes7.UUID, primaryKey },
        role: DataTypes7.STRING,
      }),
    };
    registerModels(sequelize, { nameOf: (name) => `Seven::${name}` });
    return opened(models, () => sequelize.close());
  },
});

interface Model {
  findAll(options: object): Promise<any[]>;
  findOne(options?: object): Promise<any>;
  update(values: object, options: object): Promise<unknown>;
  destroy(options: object): Promise<unknown>;
}

function opened(
  { User, Post, Token, Membership }: Record<"User" | "Post" | "Token" | "Membership", Model>,
  close: () => Promise<void>,
) {
  return {
    rows: async () => ({
      users: await User.findAll({ order: ["id"] }),
      post: await Post.findOne(),
      token: await Token.findOne(),
      membership: await Membership.findOne({ where: { userId: 1, groupId: UUID } }),
    }),
    rename: async ({ id }: { id: number }, email: string) =>
      void (await User.update({ email }, { where: { id } })),
    remove: async ({ id }: { id: number }) => void (await User.destroy({ where: { id } })),
    close,
  };
}
