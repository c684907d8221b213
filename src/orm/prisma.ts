import { markAsReference, type Model } from "../globalid/model-registry.ts";
import { ConfigurationError } from "../support/errors.ts";
import { didYouMean } from "../support/nearest.ts";
import { type KeyKind, keyValues } from "./key-values.ts";
import { type KeyedModel, registerKeyedModels, type RegisterOptions } from "./keyed-model.ts";

/** Registering the models of a Prisma schema. */
export interface PrismaOptions extends RegisterOptions {
  /**
   * The fields of the key of a model that has another than `id`: one, or those of its `@@id`, as
   * `{ Membership: ["userId", "groupId"] }`.
   *
   * @default `id`, where the model has a field of that name; rows of other models are not known
   */
  keys?: Readonly<Record<string, string | readonly string[]>>;
}

/** An extension of a Prisma client, that changes neither its types nor its rows. */
export type PrismaExtension = (client: PrismaClientToExtend) => {
  $extends: { extArgs: { result: None; model: None; query: None; client: None } };
};

type None = Record<never, never>;

/** What is used of a Prisma client. */
export interface PrismaClientToExtend {
  /** The same client, with an extension. */
  $extends: unknown;
}

interface Client {
  readonly _runtimeDataModel?: { readonly models: Readonly<Record<string, DataModel>> };
  $extends(extension: object): Client;
}

interface DataModel {
  readonly fields: readonly {
    readonly name: string;
    readonly kind: string;
    readonly type: string;
  }[];
}

type Row = Readonly<Record<string, unknown>>;

/** A model of the schema, as far as rows have to be known. */
interface Known {
  readonly model: Model | undefined;
  readonly key: readonly string[];
  /** Fields that hold rows of other models, and the names of those. */
  readonly relations: ReadonlyMap<string, string>;
}

interface Operation {
  readonly model: string;
  readonly operation: string;
  readonly args: unknown;
  readonly query: (args: unknown) => Promise<unknown>;
}

const KINDS: Readonly<Record<string, KeyKind>> = {
  Int: "number",
  Float: "number",
  BigInt: "bigint",
  DateTime: "date",
};
/** Whose results are no rows. */
const OTHER = /^(?:aggregate|count|groupBy|createMany|updateMany|deleteMany|findRaw|aggregateRaw)$/;

/**
 * Has the rows of a Prisma client travel by reference: an argument that is one is stored as
 * `gid://app/User/1`, and looked up when the job runs, all of one model with one query.
 *
 * Known are the rows that the extended client reads and writes, in its transactions too, and those
 * that they include, where their key is among what was selected. A row is not changed by that, and
 * a copy of it (`{ ...row }`) is a plain object again. For other rows, and those to which a
 * `result` extension adds fields, there is `reference("User", row)`. What a row included is not
 * looked up with it. Extend the client in each process that defers or works.
 *
 * @example
 * ```ts
 * import { globalIds } from "mandate/prisma";
 *
 * declare class PrismaClient {
 *   $extends<Extended>(extension: (client: PrismaClient) => Extended): PrismaClient;
 * }
 *
 * export const prisma = new PrismaClient().$extends(
 *   globalIds({ keys: { Membership: ["userId", "groupId"] } }),
 * );
 * ```
 *
 * @returns what `$extends` of a client takes. It throws a `ConfigurationError` if a name is another
 *   model's, or if the schema lacks a model or a field that `keys` names.
 */
export function globalIds({ keys = {}, ...options }: PrismaOptions = {}): PrismaExtension {
  const extension = (client: Client): Client => {
    const models = new Map(Object.entries(dataModels(client)));
    checkKeys(keys, models);
    let known: ReadonlyMap<string, Known> = new Map();
    const extended = client.$extends({
      name: "mandate",
      query: { $allModels: { $allOperations: (operation: Operation) => run(operation, known) } },
    });
    known = register(models, { keys, options, client: extended });
    return extended;
  };
  return extension as unknown as PrismaExtension;
}

async function run(
  { model, operation, args, query }: Operation,
  known: ReadonlyMap<string, Known>,
): Promise<unknown> {
  const result = await query(args);
  if (!OTHER.test(operation)) markRows(result, model, known);
  return result;
}

/** Marks a row, several, or none, and the rows that they include. */
function markRows(value: unknown, name: string, known: ReadonlyMap<string, Known>): void {
  if (Array.isArray(value)) value.forEach((row) => markRows(row, name, known));
  const here = known.get(name);
  if (here === undefined || !isRow(value)) return;
  const { model, key, relations } = here;
  if (model !== undefined && key.every((field) => value[field] !== undefined)) {
    markAsReference(value, model);
  }
  for (const [field, related] of relations) markRows(value[field], related, known);
}

function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function register(
  models: ReadonlyMap<string, DataModel>,
  {
    keys,
    options,
    client,
  }: {
    readonly keys: NonNullable<PrismaOptions["keys"]>;
    readonly options: RegisterOptions;
    readonly client: Client;
  },
): ReadonlyMap<string, Known> {
  const keysOf = new Map(
    Array.from(models, ([name, { fields }]) => {
      const hasId = fields.some((field) => field.name === "id");
      return [name, [keys[name] ?? (hasId ? "id" : [])].flat()];
    }),
  );
  const keyed = Array.from(models)
    .map(([name, model]) => modelFrom(name, model, { key: keysOf.get(name) ?? [], client }))
    .filter(({ name }) => keysOf.get(name)?.length !== 0);
  const registered = registerKeyedModels(keyed, options);
  return new Map(
    Array.from(models, ([name, { fields }]) => {
      const related = fields.filter(({ kind }) => kind === "object");
      const relations = new Map(related.map((field) => [field.name, field.type]));
      return [name, { model: registered.get(name), key: keysOf.get(name) ?? [], relations }];
    }),
  );
}

function modelFrom(
  name: string,
  { fields }: DataModel,
  { key, client }: { readonly key: readonly string[]; readonly client: Client },
): KeyedModel<Row> {
  const property = name.charAt(0).toLowerCase() + name.slice(1);
  const kinds = key.map(
    (part) => KINDS[fields.find((field) => field.name === part)?.type ?? ""] ?? "string",
  );
  return {
    name,
    keyOf: (row) => key.map((part) => row[part]),
    findAll: (keys) => {
      const [only = ""] = key;
      const values = keyValues(keys, kinds);
      const where =
        key.length === 1
          ? { [only]: { in: values.flat() } }
          : { OR: values.map((each) => Object.fromEntries(key.map((part, i) => [part, each[i]]))) };
      const delegates = client as unknown as Readonly<Record<string, Delegate>>;
      return delegates[property]?.findMany({ where }) ?? Promise.resolve([]);
    },
  };
}

interface Delegate {
  findMany(args: { readonly where: object }): PromiseLike<Row[]>;
}

/** What a client of Prisma 6 and 7 knows of its schema at run time. */
function dataModels({ _runtimeDataModel: schema }: Client): Readonly<Record<string, DataModel>> {
  if (schema !== undefined) return schema.models;
  throw new ConfigurationError(
    "Cannot register the models of this Prisma client: it does not know its schema. " +
      "Pass the extension to $extends of a client of Prisma 6 or 7",
  );
}

function checkKeys(
  keys: NonNullable<PrismaOptions["keys"]>,
  models: ReadonlyMap<string, DataModel>,
): void {
  for (const [name, key] of Object.entries(keys)) {
    const fields = models.get(name)?.fields.map((field) => field.name) ?? [];
    const missing = [key].flat().find((part) => !fields.includes(part));
    if (missing === undefined) continue;
    const [what, near] = models.has(name)
      ? [`it has no field "${missing}".${didYouMean(missing, fields)}`, fields]
      : [
          `the schema has no model of that name.${didYouMean(name, [...models.keys()])}`,
          models.keys(),
        ];
    throw new ConfigurationError(
      `Cannot take "${[key].flat().join()}" as the key of the Prisma model "${name}": ${what} ` +
        `There are: ${[...near].join(", ")}`,
    );
  }
}
