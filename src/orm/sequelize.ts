import { type KeyedModel, registerKeyedModels, type RegisterOptions } from "./keyed-model.ts";

/** What is used of Sequelize 6 and 7. */
export interface SequelizeModels {
  /** Its models: by name in Sequelize 6, as a set in Sequelize 7. */
  readonly models: Readonly<Record<string, SequelizeModel>> | Iterable<SequelizeModel>;
}

/** What is used of a model of Sequelize. */
export interface SequelizeModel {
  /** Its name. */
  readonly name: string;
  /** What its instances have in their chain of prototypes. */
  readonly prototype: object;
  /** The attributes of its key, in Sequelize 6. */
  readonly primaryKeyAttributes?: readonly string[];
  /** What Sequelize 7 knows of it. */
  readonly modelDefinition?: { readonly primaryKeysAttributeNames: Iterable<string> };
  /** Finds its instances. */
  findAll(options: never): Promise<object[]>;
}

interface Instance {
  getDataValue(attribute: string): unknown;
}

/** `Op.or` of Sequelize 6 and 7. */
const OR = Symbol.for("or");

/**
 * Has the instances of Sequelize's models travel by reference: an argument that is one is stored as
 * `gid://app/User/1`, and looked up when the job runs, all of one model with one query.
 *
 * They are looked up by `findAll`, so within the model's default scope, and without what is
 * soft-deleted. What a query with `raw: true` returns is no instance. Call it when the models are
 * defined, in each process that defers or works. Calling it again replaces what it registered
 * before.
 *
 * @example
 * ```ts
 * import { DataTypes, Sequelize } from "sequelize";
 * import { registerModels } from "mandate/sequelize";
 *
 * const sequelize = new Sequelize("postgres://localhost/shop");
 * sequelize.define("User", { email: DataTypes.STRING });
 * registerModels(sequelize);
 * ```
 *
 * @throws {ConfigurationError} if a name is another model's.
 */
export function registerModels(sequelize: SequelizeModels, options: RegisterOptions = {}): void {
  const { models } = sequelize;
  const all: SequelizeModel[] = [...(Symbol.iterator in models ? models : Object.values(models))];
  registerKeyedModels(
    all.filter((model) => keyAttributes(model).length > 0).map(modelFrom),
    options,
  );
}

function modelFrom(model: SequelizeModel): KeyedModel {
  const attributes = keyAttributes(model);
  return {
    name: model.name,
    class: model,
    keyOf: (row) => attributes.map((name) => (row as Instance).getDataValue(name)),
    findAll: (keys) => model.findAll({ where: whereAny(attributes, keys) } as never),
  };
}

function keyAttributes(model: SequelizeModel): readonly string[] {
  return [
    ...(model.modelDefinition?.primaryKeysAttributeNames ?? model.primaryKeyAttributes ?? []),
  ];
}

function whereAny(attributes: readonly string[], keys: readonly (readonly string[])[]): object {
  const [only = ""] = attributes;
  if (attributes.length === 1) return { [only]: keys.map(([id]) => id) };
  const each = keys.map((key) => Object.fromEntries(attributes.map((name, i) => [name, key[i]])));
  return { [OR]: each };
}
