import { markAsReference, type Model } from "../globalid/model-registry.ts";
import { ConfigurationError } from "../support/errors.ts";
import { type KeyedModel, registerKeyedModels, type RegisterOptions } from "./keyed-model.ts";

/** What is used of a TypeORM `DataSource`. */
export interface TypeOrmDataSource {
  /** Whether it knows its entities yet. */
  readonly isInitialized: boolean;
  /** What it knows of each. */
  readonly entityMetadatas: readonly TypeOrmEntity[];
  /** Finds them. */
  readonly manager: { findBy(target: never, where: never): Promise<object[]> };
  /** Is told of what was loaded. */
  readonly subscribers: readonly object[];
}

/** What is used of TypeORM's `EntityMetadata`. */
export interface TypeOrmEntity {
  /** The entity's name. */
  readonly name: string;
  /** Its class, or its name where it has none. */
  readonly target: Function | string;
  /** Whether it is the table between two others that TypeORM made. */
  readonly isJunction: boolean;
  /** The columns of its key. */
  readonly primaryColumns: readonly TypeOrmColumn[];
}

/** What is used of TypeORM's `ColumnMetadata`. */
export interface TypeOrmColumn {
  /** What an entity has in it. */
  getEntityValue(entity: object): unknown;
  /** Where it stands in an entity. */
  createValueMap(value: unknown): object;
}

/**
 * Has the entities of a data source travel by reference: an argument that is one is stored as
 * `gid://app/User/1`, and looked up when the job runs, all of one entity with one query.
 *
 * They are looked up by `findBy` of the data source's manager, so with its eager relations, and
 * without what is soft-deleted. Call it when the data source is initialized, in each process that
 * defers or works. Calling it again replaces what it registered before.
 *
 * @example
 * ```ts
 * import { DataSource } from "typeorm";
 * import { registerEntities } from "mandate/typeorm";
 *
 * const dataSource = new DataSource({ type: "postgres", entities: ["entities/*.js"] });
 * await dataSource.initialize();
 * registerEntities(dataSource);
 * ```
 *
 * @throws {ConfigurationError} if the data source is not initialized, or if a name is another
 *   model's.
 */
export function registerEntities(
  dataSource: TypeOrmDataSource,
  options: RegisterOptions = {},
): void {
  if (!dataSource.isInitialized) {
    throw new ConfigurationError(
      "Cannot register the entities of a TypeORM data source: it is not initialized, and does not know them yet. " +
        "Await dataSource.initialize() first",
    );
  }
  const entities = dataSource.entityMetadatas.filter(({ isJunction }) => !isJunction);
  const models = registerKeyedModels(
    entities.map((entity) => modelFrom(entity, dataSource)),
    options,
  );
  followPlainEntities(dataSource, models);
}

function modelFrom(entity: TypeOrmEntity, { manager }: TypeOrmDataSource): KeyedModel {
  const { name, target, primaryColumns } = entity;
  return {
    name,
    class: typeof target === "function" ? target : undefined,
    keyOf: (row) => primaryColumns.map((column) => column.getEntityValue(row)),
    findAll: (keys) => manager.findBy(target as never, keys.map(whereOf) as never),
  };

  function whereOf(key: readonly string[]): object {
    const parts = primaryColumns.map((column, index) => column.createValueMap(key[index]));
    return Object.assign({}, ...parts) as object;
  }
}

/** Entities of a schema without a class are plain objects: known by having been loaded. */
function followPlainEntities(
  dataSource: TypeOrmDataSource,
  models: ReadonlyMap<string, Model>,
): void {
  const plain = new Map<string, Model>();
  for (const { name, target } of dataSource.entityMetadatas) {
    const model = typeof target === "string" ? models.get(name) : undefined;
    if (model !== undefined) plain.set(name, model);
  }
  if (plain.size === 0) return;
  const mark = (entity: unknown, metadata: TypeOrmEntity | undefined): void => {
    const model = plain.get(metadata?.name ?? "");
    if (model !== undefined && typeof entity === "object" && entity !== null) {
      markAsReference(entity, model);
    }
  };
  const subscriber = {
    afterLoad: (entity: unknown, event?: { metadata: TypeOrmEntity }) =>
      mark(entity, event?.metadata),
    afterInsert: (event: { entity?: unknown; metadata: TypeOrmEntity }) =>
      mark(event.entity, event.metadata),
  };
  (dataSource.subscribers as object[]).push(subscriber);
}
