import { addOutermost } from "../job/settings/outermost-middleware.ts";
import { shared } from "../support/shared-state.ts";
import { type KeyedModel, registerKeyedModels, type RegisterOptions } from "./keyed-model.ts";
import { type KeyKind, keyValues } from "./key-values.ts";

/** What is used of MikroORM. */
export interface MikroOrm {
  /** Its manager: in a job, the job's own fork of it. */
  readonly em: MikroOrmManager;
  /** What it knows of its entities. */
  getMetadata(): {
    getAll(): ReadonlyMap<unknown, MikroOrmEntity> | Readonly<Record<string, MikroOrmEntity>>;
  };
}

/** What is used of an `EntityManager`. */
export interface MikroOrmManager {
  /** The name of the context that it is the manager of. */
  readonly name: string;
  /** The fork that is in use, or itself. */
  getContext(validate?: boolean): MikroOrmManager;
  /** A manager that knows no entity yet. */
  fork(): MikroOrmManager;
  /** Finds entities. */
  find(entity: never, where: never): Promise<object[]>;
}

/** What is used of MikroORM's `EntityMetadata`. */
export interface MikroOrmEntity {
  /** The entity's name. */
  readonly className: string;
  /** What its instances are made by. */
  readonly class: Function;
  /** The properties of its key. */
  readonly primaryKeys: readonly string[];
  /** All of its properties. */
  readonly properties: Readonly<Record<string, { readonly runtimeType: string }>>;
  /** Whether it is the table between two others that MikroORM made. */
  readonly pivotTable?: boolean;
  /** Whether it has no table. */
  readonly abstract?: boolean;
  /** Whether it lives in the rows of others. */
  readonly embeddable?: boolean;
  /** Whether it is a query's result. */
  readonly virtual?: boolean;
}

/** Where MikroORM keeps what is about an entity. */
interface Wrapped {
  readonly __helper?: { getPrimaryKeys(): readonly unknown[] | null };
}

const kinds: Readonly<Record<string, KeyKind>> = {
  number: "number",
  bigint: "bigint",
  Date: "date",
};

const state = shared("mikro-orm", () => ({
  /** By the names of their contexts. */
  managers: new Map<string, MikroOrmManager>(),
  isForking: false,
}));

/**
 * Has the entities of a MikroORM travel by reference: an argument that is one is stored as
 * `gid://app/User/1`, and looked up when the job runs, all of one entity with one query. A
 * reference (`em.getReference`) need not be loaded for that.
 *
 * Each job gets a manager of its own, a fork: `orm.em` is that one wherever the job asks for it
 * (`RequestContext`), and has what was looked up, so that `orm.em.flush()` stores what the job
 * changed. Call it in each process that defers or works. Calling it again replaces what it
 * registered before.
 *
 * @example
 * ```ts
 * import { defineEntity, MikroORM } from "@mikro-orm/postgresql";
 * import { registerEntities } from "mandate/mikro-orm";
 *
 * const User = defineEntity({
 *   name: "User",
 *   properties: (p) => ({ id: p.integer().primary(), email: p.string() }),
 * });
 *
 * const orm = await MikroORM.init({ entities: [User], dbName: "shop" });
 * registerEntities(orm);
 * ```
 *
 * @throws {ConfigurationError} if a name is another model's.
 */
export function registerEntities(orm: MikroOrm, options: RegisterOptions = {}): void {
  const all = orm.getMetadata().getAll();
  const entities: readonly MikroOrmEntity[] = [
    ...(Symbol.iterator in all ? all.values() : Object.values(all)),
  ];
  const models = entities.filter(hasRows).map((entity) => modelFrom(entity, orm));
  registerKeyedModels(models, options);
  state.managers.set(orm.em.name, orm.em);
  if (state.isForking) return;
  state.isForking = true;
  addOutermost("perform", async (_, next) => {
    const { RequestContext } = await import("@mikro-orm/core");
    await RequestContext.create([...state.managers.values()] as never, next);
  });
}

function hasRows({ pivotTable, abstract, embeddable, virtual }: MikroOrmEntity): boolean {
  return !(pivotTable ?? abstract ?? embeddable ?? virtual);
}

function modelFrom(entity: MikroOrmEntity, orm: MikroOrm): KeyedModel {
  const { className, primaryKeys, properties } = entity;
  const kindOf = primaryKeys.map((key) => kinds[properties[key]?.runtimeType ?? ""] ?? "string");
  return {
    name: className,
    class: entity.class,
    keyOf: (row) => (row as Wrapped).__helper?.getPrimaryKeys() ?? [],
    findAll: (keys) => {
      const $or = keyValues(keys, kindOf).map((key) =>
        Object.fromEntries(primaryKeys.map((name, index) => [name, key[index]])),
      );
      const inUse = orm.em.getContext(false);
      // Outside of a job, and of a request, nobody has a manager that these are to live in.
      const em = inUse === orm.em ? orm.em.fork() : inUse;
      return em.find(entity.class as never, { $or } as never);
    },
  };
}
