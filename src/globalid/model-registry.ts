import { ConfigurationError } from "../support/errors.ts";
import { didYouMean } from "../support/nearest.ts";
import { shared } from "../support/shared-state.ts";
import { type AppLocator, registerLocator } from "./app-locators.ts";
import { checkModel } from "./check-model.ts";
import { isSameModel, placeOfCaller, type Registered } from "./same-model.ts";
import { checkAppName, globalIdSettings } from "./settings.ts";
import { type GlobalIdParts, idText } from "./uri.ts";

/** One part of a record's key. A UUID is a string. */
export type RecordId = string | number | bigint;

/** A class whose instances are records, whatever its constructor takes. */
export interface ModelClass<Row extends object> {
  /** The model's name, unless another one is given. */
  readonly name: string;
  /** What its records have in their chain of prototypes. */
  readonly prototype: Row;
}

/**
 * How the records of a model are found and told apart.
 *
 * An id arrives as a string, however it was written; `find` and `findMany` convert it. Where the
 * key has several parts, it arrives as an array of strings.
 */
export interface ModelDefinition<
  Row extends object,
  Id extends string | readonly string[] = string,
> {
  /**
   * The model's name in global ids, such as `"Blog::Post"` where Ruby shares them.
   *
   * @default the class's name, or the name it is registered by
   */
  name?: string;
  /**
   * Looks up one record. `undefined` or `null` says that there is none. What it throws is taken for
   * a failure of the lookup: the job is retried, not discarded.
   */
  find(id: Id): MaybePromise<Row | null | undefined>;
  /**
   * Looks up many records in one query. Rows may come in any order, and missing ones stay out.
   *
   * @default one `find` for each id, at the same time
   */
  findMany?(ids: Id[]): MaybePromise<Iterable<Row | null | undefined>>;
  /**
   * A record's id; an array where the key has several parts.
   *
   * @default the record's `id`
   */
  idOf?(row: Row): RecordId | readonly RecordId[];
  /**
   * Whether a value is a record of this model: for rows that are plain objects and so have no
   * class, which are copied into the job without it. It is asked about each plain object among the
   * arguments, and the first model that says yes has it.
   *
   * @default no plain object is; rows are said by `reference`, or known by how they were found
   */
  is?(value: object): boolean;
}

type MaybePromise<Value> = Value | PromiseLike<Value>;

/** What was registered, with its defaults. */
export interface Model extends Registered {
  readonly name: string;
  /** What it was registered by: a class, or a name. */
  readonly key: ModelClass<object> | string;
  readonly find: (id: string | string[]) => MaybePromise<unknown>;
  readonly findMany: ((ids: (string | string[])[]) => MaybePromise<Iterable<unknown>>) | undefined;
  readonly idOf: (record: object) => unknown;
  readonly is: ((value: object) => boolean) | undefined;
}

/** Which record a value stands for. No `id` where the record has none (yet). */
export interface Identity {
  readonly model: { readonly name: string };
  readonly id: string | readonly string[] | undefined;
  /** The application that has it, where it was found by a global id; else it is this one. */
  readonly app?: string | undefined;
}

/** Of a row that `reference` marked, the row itself tells the id. */
type Reference =
  | { readonly model: Model; readonly id?: undefined }
  | (Identity & { readonly id: string | readonly string[] });

interface Registry {
  readonly byName: Map<string, Model>;
  readonly byPrototype: Map<object, Model>;
  /** Models that have an `is`. */
  recognizers: readonly Model[];
  /** What `reference` made or marked, and what was found by a global id. */
  readonly references: WeakMap<object, Reference>;
  hasReferences: boolean;
}

const registry = shared<Registry>("model-registry", () => ({
  byName: new Map(),
  byPrototype: new Map(),
  recognizers: [],
  references: new WeakMap(),
  hasReferences: false,
}));

/** Models whose records travel by reference. */
export const globalId = {
  /**
   * Makes the records of a model travel by reference: an argument that is one is stored as its
   * global id and looked up when the job runs.
   *
   * A subclass that is not registered counts as its nearest ancestor that is. Registering the same
   * class, or the same name, again replaces what was said before. So does a copy of the class,
   * which another bundle in this process has; records of either class travel by reference.
   *
   * @example
   * ```ts
   * import { globalId } from "mandate";
   *
   * class User {
   *   constructor(readonly id: number, readonly email: string) {}
   * }
   * const users = new Map([[1, new User(1, "ada@example.org")]]);
   *
   * globalId.register(User, {
   *   find: (id) => users.get(Number(id)),
   *   findMany: (ids) => ids.map((id) => users.get(Number(id))),
   * });
   * ```
   *
   * @param model The class; or a name, for rows that are plain objects.
   * @throws {ConfigurationError} if another class has that name, or if the name cannot stand in a
   *   global id.
   * @throws {TypeError} if there is no `find`.
   */
  register<Row extends object, Id extends string | readonly string[] = string>(
    model: ModelClass<Row> | string,
    definition: ModelDefinition<Row, Id>,
  ): void {
    const place = placeOfCaller();
    registerModel(model, definition as unknown as ModelDefinition<object>, place);
  },

  /**
   * Has the records of another application, `gid://APP/…`, looked up by a function of your own.
   * Those of an application without one are looked up in the models registered here, as Ruby does.
   *
   * @example
   * ```ts
   * import { globalId } from "mandate";
   *
   * globalId.use("shop", {
   *   locate: async ({ model, id }) => ({ model, id }), // ask that application
   * });
   * ```
   *
   * @param app Its name in global ids, in whichever case.
   * @throws {ConfigurationError} if no global id can have that app.
   * @throws {TypeError} if there is no `locate`.
   */
  use(app: string, locator: AppLocator): void {
    checkAppName(app);
    if (typeof locator?.locate !== "function") {
      throw new TypeError(
        `Cannot use a locator for app "${app}": "locate" is no function. Pass one that takes a global id and ` +
          `returns the record, or undefined where there is none`,
      );
    }
    registerLocator(app, locator);
  },
};

/** Registers a model for a file of the application. */
export function registerModel(
  model: ModelClass<object> | string,
  definition: ModelDefinition<object>,
  place: string,
): void {
  const registered = modelFrom(model, { definition, place });
  const { name, key } = registered;
  checkModel(registered, definition);
  const known = registry.byName.get(name);
  if (known !== undefined && !isSameModel(known, registered) && !globalIdSettings.reloading) {
    throw new ConfigurationError(
      `Cannot register ${described(key)} as model "${name}": ${described(known.key)} has that name. ` +
        `Pass another "name", or configure({ reloading: true }) where classes are loaded anew`,
    );
  }
  registry.byName.set(name, registered);
  if (typeof model !== "string") registry.byPrototype.set(model.prototype, registered);
  registry.recognizers = [...registry.byName.values()].filter(({ is }) => is !== undefined);
}

/** @throws {ConfigurationError} if there is no such model. */
export function modelNamed(name: string): Model {
  const model = registry.byName.get(name);
  if (model !== undefined) return model;
  const names = [...registry.byName.keys()];
  throw new ConfigurationError(
    `Cannot find the model "${name}": no class or name is registered as that.${didYouMean(name, names)} ` +
      `Call globalId.register for it. Registered here: ${names.join(", ") || "none"}`,
  );
}

/** @throws {ConfigurationError} if neither the class nor an ancestor of it is registered. */
export function modelOf(model: ModelClass<object> | string): Model {
  if (typeof model === "string") return modelNamed(model);
  return modelOfInstance(model.prototype) ?? modelNamed(model.name);
}

/** Notes that a value stands for a record: for that of an id, or for the row that it is. */
export function markAsReference(value: object, model: Model, id?: string | string[]): void {
  registry.references.set(value, id === undefined ? { model } : { model, id });
  registry.hasReferences = true;
}

/**
 * Notes by what a record was found, so that it travels by reference again, where nothing else tells
 * whose it is: what comes as an argument by reference is not to be handed on as a copy.
 */
export function noteFound(record: unknown, { model: name, id, app }: GlobalIdParts): void {
  const isObject = typeof record === "object" && record !== null;
  if (isObject && identify(record)?.id === undefined) {
    registry.references.set(record, { model: { name }, id, app });
    registry.hasReferences = true;
  }
}

/**
 * The names of models whose rows are plain objects, and do not travel by reference by themselves.
 */
export function modelsWithoutIs(): readonly string[] {
  return [...registry.byName.values()]
    .filter(({ key, is }) => typeof key === "string" && is === undefined)
    .map(({ name }) => name);
}

/** Whether a plain object can be a record at all, so that the usual one need not be looked at. */
export function plainObjectsMayBeRecords(): boolean {
  return registry.hasReferences || registry.recognizers.length > 0;
}

/** Which record a value is, or refers to; `undefined` if it is none of a registered model. */
export function identify(value: object): Identity | undefined {
  const reference = registry.hasReferences ? registry.references.get(value) : undefined;
  if (reference?.id !== undefined) return reference;
  const model = reference?.model ?? modelOfInstance(value) ?? modelThatRecognizes(value);
  return model && { model, id: idText(model.idOf(value)) };
}

function modelOfInstance(instance: object): Model | undefined {
  if (registry.byPrototype.size === 0) return undefined;
  let prototype: object | null = instance;
  while (prototype !== null && prototype !== Object.prototype) {
    const model = registry.byPrototype.get(prototype);
    if (model !== undefined) return model;
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return undefined;
}

function modelThatRecognizes(value: object): Model | undefined {
  return registry.recognizers.find((model) => model.is?.(value));
}

function modelFrom(
  model: ModelClass<object> | string,
  { definition, place }: { readonly definition: ModelDefinition<object>; readonly place: string },
): Model {
  const given = definition as ModelDefinition<object, string & string[]>;
  return {
    name: definition.name ?? (typeof model === "string" ? model : model.name),
    key: model,
    definition,
    place,
    find: (id) => given.find(id as string & string[]),
    findMany: given.findMany && ((ids) => given.findMany?.(ids as (string & string[])[]) ?? []),
    idOf: (row) => (given.idOf ? given.idOf(row) : (row as { id?: unknown }).id),
    is: given.is && ((value) => given.is?.(value) === true),
  };
}

function described(key: ModelClass<object> | string): string {
  return typeof key === "string" ? "plain rows" : `class ${key.name}`;
}
