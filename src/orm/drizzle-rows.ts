import { markAsReference, type Model } from "../globalid/model-registry.ts";
import {
  type DrizzleColumn,
  type DrizzleTable,
  idOf,
  isDrizzleColumn,
  tableId,
} from "./drizzle-tables.ts";

/** A table whose rows are known. */
interface KnownTable extends DrizzleTable {
  readonly model: Model;
}

/** By `tableId`. */
export type KnownTables = Map<string, KnownTable>;

/** What is selected, in the order of the columns: where it goes in a row, and what it is. */
export interface Field {
  readonly path: readonly string[];
  readonly field: unknown;
}

/** What is looked at of a relational query, and of a part of its schema. */
export interface RelationalQuery {
  readonly table: object;
  readonly tableConfig: TableRelations;
  readonly schema: Readonly<Record<string, TableRelations>>;
}

interface TableRelations {
  readonly dbName: string;
  readonly schema?: string | undefined;
  readonly relations: Readonly<Record<string, { readonly referencedTable: object }>>;
}

type Row = Record<string, unknown>;

/**
 * Marks rows of a query that selects these fields, wherever all columns in one place are one
 * table's.
 */
export function selectedRows(
  fields: readonly Field[],
  tables: KnownTables,
): ((row: unknown) => void) | undefined {
  const places = new Map<string, Field[]>();
  for (const field of fields) {
    const place = JSON.stringify(field.path.slice(0, -1));
    places.set(place, [...(places.get(place) ?? []), field]);
  }
  const marks = Array.from(places, ([place, inPlace]) => ({
    path: JSON.parse(place) as string[],
    table: tableOf(inPlace, tables),
  })).filter(({ table }) => table !== undefined);
  if (marks.length === 0) return undefined;
  return (row) => {
    for (const { path, table } of marks) {
      const there = path.reduce<unknown>((node, step) => (node as Row | null)?.[step], row);
      mark(there, table as KnownTable);
    }
  };
}

/** Marks rows of a relational query, and those that it has them with. */
export function relationalRows(
  query: RelationalQuery,
  tables: KnownTables,
): (row: unknown) => void {
  const relationsOf = new Map(
    Object.values(query.schema).map(({ schema, dbName, relations }) => [
      idOf({ schema, name: dbName }),
      relations,
    ]),
  );
  const visit = (value: unknown, id: string): void => {
    if (Array.isArray(value)) return value.forEach((row) => visit(row, id));
    if (typeof value !== "object" || value === null) return;
    const row = value as Row;
    const relations = relationsOf.get(id) ?? {};
    const table = tables.get(id);
    const isWhole = Object.keys(row).every(
      (name) => name in relations || table?.columns[name] !== undefined,
    );
    if (table !== undefined && isWhole) mark(row, table);
    for (const [name, { referencedTable }] of Object.entries(relations)) {
      visit(row[name], tableId(referencedTable));
    }
  };
  return (row) => visit(row, tableId(query.table));
}

/** The table that all of these are columns of, under the names that its rows have them by. */
function tableOf(fields: readonly Field[], tables: KnownTables): KnownTable | undefined {
  const columns = fields.map(({ field }) => (isDrizzleColumn(field) ? field : undefined));
  const [first] = columns;
  const table = first && tables.get(tableId(first.table));
  if (table === undefined) return undefined;
  const isOfTable = (column: DrizzleColumn | undefined, index: number): boolean => {
    const property = fields[index]?.path.at(-1) ?? "";
    return column?.table === first?.table && table.columns[property]?.name === column?.name;
  };
  return columns.every(isOfTable) ? table : undefined;
}

function mark(row: unknown, { key, model }: KnownTable): void {
  if (typeof row !== "object" || row === null) return;
  const isThere = (name: string): boolean =>
    (row as Row)[name] !== undefined && (row as Row)[name] !== null;
  if (key.every(isThere)) markAsReference(row, model);
}
