import { pathToFileURL } from "node:url";
import { ConfigurationError } from "../../../support/errors.ts";
import { thrownMessage } from "../../../support/thrown.ts";
import type { DriverName, OpenDriver, Statement } from "./driver.ts";

/** What is used of `node:sqlite`. */
interface NodeSqlite {
  readonly DatabaseSync: new (file: string) => Connection;
}

/** What is used of better-sqlite3. */
type BetterSqlite = new (file: string) => Connection;

/** What both have. */
interface Connection {
  exec(sql: string): unknown;
  prepare(sql: string): Statement;
  close(): unknown;
}

/** Where the two are loaded from; for tests. */
export interface DriverSources {
  /** `undefined` where Node has none. */
  readonly builtIn: () => unknown;
  readonly installed: () => unknown;
}

/**
 * Finds what speaks SQLite here: Node itself, else better-sqlite3.
 *
 * @param wanted Only that one.
 * @throws {ConfigurationError} if there is none.
 */
export function findDriver(
  wanted: DriverName | undefined,
  { builtIn, installed }: DriverSources = SOURCES,
): OpenDriver {
  const node = wanted === "better-sqlite3" ? undefined : (builtIn() as NodeSqlite | undefined);
  if (node !== undefined) {
    const { DatabaseSync } = node;
    return (file) => driverOf("node:sqlite", new DatabaseSync(file));
  }
  if (wanted === "node:sqlite") {
    throw new ConfigurationError(
      `Cannot use node:sqlite: Node ${process.versions.node} has none. Use Node 22.13 or newer, or better-sqlite3`,
    );
  }
  const Database = loadInstalled(installed);
  return (file) => driverOf("better-sqlite3", new Database(file));
}

function loadInstalled(load: () => unknown): BetterSqlite {
  try {
    return load() as BetterSqlite;
  } catch (error) {
    throw new ConfigurationError(
      `Cannot load the package "better-sqlite3", which opens SQLite files on Node ${process.versions.node}: ${thrownMessage(error)}. ` +
        "Use Node 22.13 or newer, which needs none, or install it where this program runs: npm install better-sqlite3@12",
      { cause: error },
    );
  }
}

function driverOf(name: DriverName, connection: Connection): ReturnType<OpenDriver> {
  return {
    name,
    exec: (sql) => void connection.exec(sql),
    prepare: (sql) => connection.prepare(sql),
    close: () => void connection.close(),
    isBusy,
  };
}

/** SQLITE_BUSY, and SQLITE_LOCKED, in the words of either. */
function isBusy(error: unknown): boolean {
  const { code, errcode } = Object(error) as { code?: unknown; errcode?: unknown };
  return typeof errcode === "number"
    ? (errcode & 0xff) === 5 || (errcode & 0xff) === 6
    : typeof code === "string" && /^SQLITE_(BUSY|LOCKED)/.test(code);
}

/** Bundles of CommonJS have none. */
const { url = pathToFileURL(`${process.cwd()}/`).href } = import.meta as { readonly url?: string };

const SOURCES: DriverSources = {
  builtIn: () => quietly(() => process.getBuiltinModule("node:sqlite")),
  // Not imported: bundles for Node often have a createRequire of their own in front.
  installed: () =>
    process.getBuiltinModule("node:module").createRequire(url)("better-sqlite3") as unknown,
};

/** Without Node's warning that its module may still change: what is used of it does not. */
function quietly<Value>(load: () => Value): Value {
  const before = Object.getOwnPropertyDescriptor(process, "emitWarning") ?? {};
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (!String(warning).includes("SQLite")) {
      Reflect.apply(emitWarning, undefined, [warning, ...rest]);
    }
  };
  try {
    return load();
  } finally {
    Object.defineProperty(process, "emitWarning", before);
  }
}
