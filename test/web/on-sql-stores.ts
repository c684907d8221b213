import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configure, silentLogger, type Adapter } from "mandate";
import { SqliteAdapter } from "mandate/sqlite";
import { afterAll, beforeAll, beforeEach, describe } from "vitest";
import { PostgresStores, sharedPool } from "../adapters/postgres/postgres-store.ts";
import type { TestedStore } from "../inspection/on-each-store.ts";
import { PostgresServer } from "../support/postgres-server.ts";
import { missing } from "../support/requires.ts";

/** As `onEachStore`, on a file of SQLite. */
export function onSqlite(name: string, tests: (store: TestedStore) => void): void {
  let adapter: Adapter;
  const store: TestedStore = {
    get adapter() {
      return adapter;
    },
  };
  describe(`${name} on SQLite`, () => {
    beforeEach(() => {
      const folder = mkdtempSync(join(tmpdir(), "mandate-sqlite-"));
      adapter = new SqliteAdapter({ file: join(folder, "jobs.db"), synchronous: "normal" });
      configure({ adapter, logger: silentLogger });
      return async () => {
        await adapter.close();
        rmSync(folder, { recursive: true });
      };
    });
    tests(store);
  });
}

/** As `onEachStore`, on Postgres. */
export function onPostgres(name: string, tests: (store: TestedStore) => void): void {
  let adapter: Adapter;
  const store: TestedStore = {
    get adapter() {
      return adapter;
    },
  };
  describe.skipIf(missing("postgres"))(`${name} on Postgres`, () => {
    let server: PostgresServer;
    let pool: ReturnType<typeof sharedPool>;
    let stores: PostgresStores;
    beforeAll(async () => {
      server = await PostgresServer.start({ max_connections: "50" });
      pool = sharedPool(server.url);
      stores = new PostgresStores((text) => pool.query(text));
      await stores.ready();
    });
    afterAll(async () => {
      await pool?.end();
      await server?.dispose();
    });
    beforeEach(async () => {
      const { adapter: ours, dispose } = await stores.next({ pool });
      adapter = ours;
      configure({ adapter, logger: silentLogger });
      return dispose;
    });
    tests(store);
  });
}
