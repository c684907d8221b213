export { SqliteAdapter } from "./adapters/sqlite/sqlite-adapter.ts";
export type { SqliteOptions } from "./adapters/sqlite/sqlite-options.ts";
