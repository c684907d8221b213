/** What is looked at of a table of Drizzle, of whichever database. */
export interface DrizzleTable {
  readonly schema: string | undefined;
  /** As the database calls it, whatever it is called in a query. */
  readonly name: string;
  /** By the properties of its rows. */
  readonly columns: Readonly<Record<string, DrizzleColumn>>;
  /** The properties of its key. */
  readonly key: readonly string[];
}

export interface DrizzleColumn {
  readonly name: string;
  readonly dataType: string;
  readonly primary: boolean;
  readonly table: object;
}

type Symbols = Readonly<Record<symbol, unknown>>;

const IS_TABLE = Symbol.for("drizzle:IsDrizzleTable");
const ORIGINAL_NAME = Symbol.for("drizzle:OriginalName");
const SCHEMA = Symbol.for("drizzle:Schema");
const COLUMNS = Symbol.for("drizzle:Columns");
const EXTRA_CONFIG = Symbol.for("drizzle:ExtraConfigBuilder");
const EXTRA_CONFIG_COLUMNS = Symbol.for("drizzle:ExtraConfigColumns");
const ENTITY_KIND = Symbol.for("drizzle:entityKind");

export function isDrizzleTable(value: unknown): value is object {
  return typeof value === "object" && value !== null && IS_TABLE in value;
}

export function isDrizzleColumn(field: unknown): field is DrizzleColumn {
  const { table } = (field ?? {}) as Partial<DrizzleColumn>;
  return isDrizzleTable(table);
}

/** @see drizzle-orm 0.45 table.js: what it says of a table is behind registered symbols. */
export function readTable(table: object): DrizzleTable {
  const said = table as Symbols;
  const columns = said[COLUMNS] as DrizzleTable["columns"];
  return {
    schema: said[SCHEMA] as string | undefined,
    name: said[ORIGINAL_NAME] as string,
    columns,
    key: keyOf(said, columns),
  };
}

/** One text for a table and its aliases. */
export function tableId(table: object): string {
  const said = table as Symbols;
  return idOf({ schema: said[SCHEMA] as string | undefined, name: said[ORIGINAL_NAME] as string });
}

export function idOf({ schema, name }: Pick<DrizzleTable, "schema" | "name">): string {
  return JSON.stringify([schema ?? null, name]);
}

function keyOf(said: Symbols, columns: DrizzleTable["columns"]): readonly string[] {
  const single = Object.keys(columns).filter((property) => columns[property]?.primary);
  if (single.length > 0) return single;
  const build = said[EXTRA_CONFIG] as ((columns: unknown) => object | undefined) | undefined;
  const extras: unknown[] = Object.values(build?.(said[EXTRA_CONFIG_COLUMNS] ?? columns) ?? {});
  const names = extras.flat().flatMap(primaryKeyColumns);
  return names.flatMap((name) =>
    Object.keys(columns).filter((property) => columns[property]?.name === name),
  );
}

/** What `primaryKey({ columns })` was given. */
function primaryKeyColumns(extra: unknown): readonly string[] {
  const { constructor, columns = [] } = extra as {
    readonly constructor: Symbols;
    readonly columns?: readonly { readonly name: string }[];
  };
  const isKey = String(constructor[ENTITY_KIND]).endsWith("PrimaryKeyBuilder");
  return isKey ? columns.map(({ name }) => name) : [];
}
