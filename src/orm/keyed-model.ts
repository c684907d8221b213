import {
  type Model,
  type ModelClass,
  modelNamed,
  type RecordId,
  registerModel,
} from "../globalid/model-registry.ts";
import { placeOfCaller } from "../globalid/same-model.ts";

/** How the models of an ORM are named in global ids. */
export interface RegisterOptions {
  /**
   * A model's name in global ids, such as `"Blog::Post"` for the ORM's `"Post"`; `undefined` leaves
   * the model out, so that its rows travel as if nobody had registered it.
   *
   * @default the name that the ORM has for it
   */
  nameOf?: (name: string) => string | undefined;
}

/** The parts of a key, as a global id has them. */
export type KeyTexts = readonly string[];

/** What an ORM says of one of its models. */
export interface KeyedModel<Row extends object = object> {
  /** As the ORM calls it. */
  readonly name: string;
  /** What its rows are instances of, where they are any. */
  readonly class?: ModelClass<Row> | undefined;
  /** The parts of a row's key. */
  keyOf(row: Row): readonly unknown[];
  /** The rows of these keys, in one query. */
  findAll(keys: readonly KeyTexts[]): PromiseLike<Iterable<Row>>;
}

/**
 * Registers models of an ORM, so that their rows travel by reference.
 *
 * @returns them as they are registered, by the ORM's names.
 */
export function registerKeyedModels<Row extends object>(
  models: Iterable<KeyedModel<Row>>,
  { nameOf = (name) => name }: RegisterOptions,
): ReadonlyMap<string, Model> {
  const place = placeOfCaller();
  const registered = new Map<string, Model>();
  for (const model of models) {
    const name = nameOf(model.name);
    if (name === undefined) continue;
    register(model, name, place);
    registered.set(model.name, modelNamed(name));
  }
  return registered;
}

function register(model: KeyedModel, name: string, place: string): void {
  const findMany = async (ids: (string | string[])[]): Promise<Iterable<object>> =>
    model.findAll(ids.map((id) => (typeof id === "string" ? [id] : id)));
  const find = async (id: string | string[]): Promise<object | undefined> => {
    const [row] = await findMany([id]);
    return row;
  };
  const idOf = (row: object): RecordId[] => model.keyOf(row).map(idPart);
  // A class's own name is left to be checked: a minifier may have made it.
  const named = model.class?.name === name ? {} : { name };
  registerModel(model.class ?? name, { ...named, idOf, find, findMany: findMany as never }, place);
}

/** A part of a key as global ids can have it. What none can have is found out by them. */
function idPart(value: unknown): RecordId {
  return value instanceof Date ? value.toISOString() : (value as RecordId);
}
