import { ConfigurationError } from "../support/errors.ts";
import { type AppLocator, locateBy, locatorOf } from "./app-locators.ts";
import { type GlobalID, RecordNotFoundError } from "./global-id.ts";
import { type Model, modelNamed, noteFound } from "./model-registry.ts";
import { escapeId, idText } from "./uri.ts";

type Id = GlobalID["id"];

/**
 * Looks up many records: one `findMany` per model, all models at the same time.
 *
 * @returns The records in the order of their global ids. The same global id twice gives the same
 *   object twice.
 * @throws {RecordNotFoundError} if one is not there, for the first that is not. With
 *   `ignoreMissing`, missing ones are left out instead.
 * @throws {ConfigurationError} if a model is not registered, or its `findMany` returns rows that
 *   were not asked for.
 */
export async function locateMany(
  gids: readonly GlobalID[],
  { ignoreMissing = false }: { ignoreMissing?: boolean } = {},
): Promise<unknown[]> {
  const records = await locateEach(gids);
  const missing = records.indexOf(undefined);
  if (missing === -1) return records;
  if (!ignoreMissing) throw new RecordNotFoundError(gids[missing] as GlobalID);
  return records.filter((record) => record !== undefined);
}

/** Like `locateMany`, with `undefined` in the place of each record that is not there. */
export async function locateEach(gids: readonly GlobalID[]): Promise<unknown[]> {
  const locators = new Set(gids.map(({ app }) => locatorOf(app)));
  const [first] = locators;
  const records =
    locators.size === 1 ? await locateWith(first, gids) : await locateWithEach(locators, gids);
  gids.forEach((gid, index) => noteFound(records[index], gid));
  return records;
}

/** In the order of their global ids, of which each is looked up by its application's locator. */
async function locateWithEach(
  locators: ReadonlySet<AppLocator | undefined>,
  gids: readonly GlobalID[],
): Promise<unknown[]> {
  const records = new Map<GlobalID, unknown>();
  await Promise.all(
    Array.from(locators, async (locator) => {
      const some = gids.filter(({ app }) => locatorOf(app) === locator);
      const found = await locateWith(locator, some);
      some.forEach((gid, index) => records.set(gid, found[index]));
    }),
  );
  return gids.map((gid) => records.get(gid));
}

function locateWith(
  locator: AppLocator | undefined,
  gids: readonly GlobalID[],
): Promise<unknown[]> {
  return locator === undefined ? locateHere(gids) : locateBy(locator, gids);
}

async function locateHere(gids: readonly GlobalID[]): Promise<unknown[]> {
  const keys = gids.map(({ id }) => escapeId(id));
  const idsByModel = new Map<Model, Map<string, Id>>();
  gids.forEach(({ model: name, id }, index) => {
    const model = modelNamed(name);
    let ids = idsByModel.get(model);
    if (ids === undefined) idsByModel.set(model, (ids = new Map()));
    ids.set(keys[index] as string, id);
  });
  const found = await Promise.all(
    Array.from(
      idsByModel,
      async ([model, ids]) => [model.name, await findAll(model, ids)] as const,
    ),
  );
  const recordsByModel = new Map(found);
  return gids.map(({ model }, index) => recordsByModel.get(model)?.get(keys[index] as string));
}

async function findAll(model: Model, ids: Map<string, Id>): Promise<Map<string, unknown>> {
  if (model.findMany === undefined) return findOneByOne(model, ids);
  const rows = [...(await model.findMany(Array.from(ids.values(), copied)))].filter(isRecord);
  const records = new Map(rows.map((row) => [keyOf(model, row), row]));
  const extra = [...records.keys()].some((key) => !ids.has(key));
  const missing = [...ids.keys()].some((key) => !records.has(key));
  // Taken for missing, the record's job would be discarded; more likely its id is written
  // otherwise.
  if (extra && missing) throw misfit(model, "a record with another id than those it was asked for");
  return records;
}

async function findOneByOne(model: Model, ids: Map<string, Id>): Promise<Map<string, unknown>> {
  const found = await Promise.all(
    Array.from(ids, async ([key, id]) => [key, await model.find(copied(id))] as const),
  );
  return new Map(found.filter(([, record]) => isRecord(record)));
}

function isRecord(row: unknown): row is object {
  return row !== undefined && row !== null;
}

function keyOf(model: Model, row: object): string {
  const id = idText(model.idOf(row));
  if (id === undefined) throw misfit(model, "a record that has no id");
  return escapeId(id);
}

function copied(id: Id): string | string[] {
  return typeof id === "string" ? id : [...id];
}

function misfit(model: Model, what: string): ConfigurationError {
  return new ConfigurationError(
    `Cannot match what "findMany" of ${model.name} returned: there is ${what}. ` +
      `Register the model with an "idOf" that gives each record the id its global id has`,
  );
}
