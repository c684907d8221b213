/** What SQLite takes and gives. */
export type SqlValue = null | number | string | Uint8Array;

/** A statement that was prepared once. */
export interface Statement {
  run(...values: SqlValue[]): { readonly changes: number | bigint };
  get(...values: SqlValue[]): unknown;
  all(...values: SqlValue[]): unknown[];
}

/** The few things that an adapter needs of whatever speaks SQLite. All of them are synchronous. */
export interface Driver {
  /** As the package calls itself. */
  readonly name: DriverName;
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
  /** Whether another connection had the lock. */
  isBusy(error: unknown): boolean;
}

/** `node:sqlite` is part of Node from 22.13 on; better-sqlite3 is a package. */
export type DriverName = "node:sqlite" | "better-sqlite3";

/** Opens a file by one of them. */
export type OpenDriver = (file: string) => Driver;
