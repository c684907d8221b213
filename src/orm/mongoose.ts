import type { ModelClass } from "../globalid/model-registry.ts";
import { type KeyedModel, registerKeyedModels, type RegisterOptions } from "./keyed-model.ts";

/** What is used of Mongoose, or of a connection of its own. */
export interface MongooseModels {
  /** Its models, by name. */
  readonly models: Readonly<Record<string, MongooseModel>>;
}

/** What is used of a model of Mongoose. */
export interface MongooseModel {
  /** Its name. */
  readonly modelName: string;
  /** What its documents have in their chain of prototypes. */
  readonly prototype: object;
  /** Finds its documents. */
  find(filter: never): { exec(): Promise<object[]> };
}

/**
 * Has Mongoose's documents travel by reference: an argument that is one is stored as
 * `gid://app/User/66f1…`, and looked up when the job runs, all of one model with one query.
 *
 * A document of a discriminator is its own model's. What `lean()` returns is no document. Call it
 * when the models are defined, in each process that defers or works. Calling it again replaces what
 * it registered before.
 *
 * @example
 * ```ts
 * import mongoose from "mongoose";
 * import { registerModels } from "mandate/mongoose";
 *
 * mongoose.model("User", new mongoose.Schema({ email: String }));
 *
 * registerModels(mongoose); // or a connection of its own
 * ```
 *
 * @throws {ConfigurationError} if a name is another model's.
 */
export function registerModels(of: MongooseModels, options: RegisterOptions = {}): void {
  registerKeyedModels(Object.values(of.models).map(modelFrom), options);
}

function modelFrom(model: MongooseModel): KeyedModel {
  return {
    name: model.modelName,
    class: model as unknown as ModelClass<object>,
    keyOf: (row) => [idOf(row)],
    findAll: (keys) => model.find({ _id: { $in: keys.map(([id]) => id) } } as never).exec(),
  };
}

/** The text of an ObjectId or of a UUID: each has a `toString` of its own. */
function idOf(document: object): unknown {
  const { _id: id } = document as { readonly _id?: unknown };
  const isOfClass =
    typeof id === "object" && id !== null && id.toString !== Object.prototype.toString;
  // oxlint-disable-next-line typescript/no-base-to-string
  return isOfClass ? String(id) : id;
}
