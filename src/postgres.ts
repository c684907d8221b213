export { PostgresAdapter } from "./adapters/postgres/postgres-adapter.ts";
export { completeWithin } from "./adapters/postgres/within/complete-within.ts";
export { deferWithin } from "./adapters/postgres/within/within.ts";
export { migrationSql } from "./adapters/postgres/schema/migrate.ts";
export type { PostgresOptions } from "./adapters/postgres/postgres-options.ts";
export type {
  PGliteDatabase,
  PgClient,
  PgPool,
  PostgresJsSql,
} from "./adapters/postgres/connection/drivers.ts";
