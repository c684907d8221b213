/** What is looked at of the nodes of which Kysely makes queries. */
export interface QueryNode {
  readonly kind: string;
  readonly from?: { readonly froms: readonly QueryNode[] };
  readonly using?: { readonly tables: readonly QueryNode[] };
  readonly into?: QueryNode;
  readonly joins?: readonly unknown[];
  readonly selections?: readonly Selection[];
  readonly returning?: { readonly selections?: readonly Selection[] };
  readonly setOperations?: readonly unknown[];
  readonly with?: unknown;
  /** What is behind an alias. */
  readonly node?: QueryNode;
  readonly alias?: unknown;
  /** The table of an update, or the name of a table. */
  readonly table?: QueryNode & TableName;
}

interface TableName {
  readonly schema?: { readonly name: string };
  readonly identifier?: { readonly name: string };
}

interface Selection {
  readonly selection: QueryNode & { readonly column?: QueryNode };
}

interface NamedTable {
  /** As it is called in the query. */
  readonly alias: string;
  readonly names: readonly string[];
}

/**
 * Finds the table whose rows a query gives: all columns or some of them, as they are, and nothing
 * else. `undefined` where its rows are not those of one table, or not of one of these.
 */
export function tableOfRows<Model>(
  node: QueryNode,
  models: ReadonlyMap<string, Model>,
): Model | undefined {
  // A common table expression may have any table's name.
  if (node.with !== undefined || node.setOperations !== undefined) return undefined;
  const [from, ...others] = sourcesOf(node).map(named);
  const selections = node.selections ?? node.returning?.selections ?? [];
  if (from === undefined || selections.length === 0) return undefined;
  const isAlone = others.length === 0 && node.joins === undefined;
  if (!selections.every((each) => isColumnOf(each, from.alias, isAlone))) return undefined;
  return modelNamed(from.names, models);
}

function sourcesOf(node: QueryNode): readonly QueryNode[] {
  if (node.kind === "InsertQueryNode") return node.into === undefined ? [] : [node.into];
  if (node.kind === "UpdateQueryNode") {
    return [...(node.table === undefined ? [] : [node.table]), ...(node.from?.froms ?? [])];
  }
  return [...(node.from?.froms ?? []), ...(node.using?.tables ?? [])];
}

function named(source: QueryNode): NamedTable | undefined {
  const alias = (source.alias as { readonly name?: string } | undefined)?.name;
  const table = source.kind === "AliasNode" ? source.node : source;
  if (table?.kind !== "TableNode") return undefined;
  const { schema, identifier } = table.table ?? {};
  const name = identifier?.name ?? "";
  const names = schema === undefined ? [name] : [`${schema.name}.${name}`, name];
  return { alias: alias ?? name, names };
}

/** Whether it is `*`, `table.*`, `column` or `table.column`: no alias, and nothing computed. */
function isColumnOf({ selection }: Selection, table: string, isAlone: boolean): boolean {
  if (selection.kind === "SelectAllNode") return isAlone;
  if (selection.kind !== "ReferenceNode") return false;
  return selection.table === undefined
    ? isAlone
    : selection.table.table?.identifier?.name === table;
}

/** `CamelCasePlugin` may have been at the names before. */
function modelNamed<Model>(
  names: readonly string[],
  models: ReadonlyMap<string, Model>,
): Model | undefined {
  const exact = names.find((name) => models.has(name));
  if (exact !== undefined) return models.get(exact);
  const bare = (name: string): string => name.replaceAll("_", "").toLowerCase();
  const alike = [...models.keys()].filter((each) => names.map(bare).includes(bare(each)));
  return alike.length === 1 ? models.get(alike[0] ?? "") : undefined;
}
