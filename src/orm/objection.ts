import type { ModelClass } from "../globalid/model-registry.ts";
import { type KeyedModel, registerKeyedModels, type RegisterOptions } from "./keyed-model.ts";

/** What is used of a model class of Objection. */
export interface ObjectionModelClass extends ModelClass<ObjectionModel> {
  /** A query on its table. */
  query(knex?: never): { findByIds(ids: never): PromiseLike<object[]> };
}

/** What is used of an instance of it. */
export interface ObjectionModel {
  /** Its key: an array where that has several parts. */
  $id(): unknown;
}

/** Registering models of Objection. */
export interface ObjectionOptions extends RegisterOptions {
  /**
   * The Knex instance by which they are looked up.
   *
   * @default the one that `Model.knex(…)` bound them to
   */
  knex?: object;
}

/**
 * Has the instances of Objection's model classes travel by reference: an argument that is one is
 * stored as `gid://app/User/1`, and looked up when the job runs, all of one model with one query
 * (`findByIds`).
 *
 * Call it in each process that defers or works. Calling it again replaces what it registered
 * before.
 *
 * @example
 * ```ts
 * import { Model } from "objection";
 * import { registerModels } from "mandate/objection";
 *
 * class User extends Model {
 *   static override tableName = "users";
 *   declare id: number;
 * }
 *
 * registerModels([User]);
 * ```
 *
 * @throws {ConfigurationError} if a name is another model's.
 */
export function registerModels(
  models: Iterable<ObjectionModelClass>,
  { knex, ...options }: ObjectionOptions = {},
): void {
  registerKeyedModels(
    Array.from(models, (model) => modelFrom(model, knex)),
    options,
  );
}

function modelFrom(
  model: ObjectionModelClass,
  knex: object | undefined,
): KeyedModel<ObjectionModel> {
  return {
    name: model.name,
    class: model,
    keyOf: (row) => [row.$id()].flat(),
    findAll: (keys) => {
      const ids = keys.map((key) => (key.length === 1 ? key[0] : key));
      return model.query(knex as never).findByIds(ids as never) as PromiseLike<ObjectionModel[]>;
    },
  };
}
