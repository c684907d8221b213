import { randomBytes } from "node:crypto";
import pg from "pg";
import type { StoreUnderTest } from "../../../src/adapter-contract/rig.ts";
import { PostgresAdapter } from "../../../src/adapters/postgres/postgres-adapter.ts";
import type { PostgresOptions } from "../../../src/adapters/postgres/postgres-options.ts";
import { migrationSql } from "../../../src/adapters/postgres/schema/migrate.ts";
import { silentLogger } from "../../../src/support/logger.ts";

/** Runs many statements as one step. */
export type Script = (text: string) => Promise<unknown>;

type Place = Pick<PostgresOptions, "connectionString" | "pool" | "sql" | "pglite">;

let schemas = 0;

/** A name for a schema that nobody else has. */
export function freshSchema(): string {
  schemas += 1;
  return `test_${randomBytes(4).toString("hex")}_${schemas}`;
}

/** Fresh stores for the contract's tests, one after the other: a schema whose clock can be set, and that is emptied. */
export class PostgresStores {
  readonly #script: Script;
  readonly #schema = freshSchema();
  #made: Promise<unknown> | undefined;

  constructor(script: Script) {
    this.#script = script;
  }

  /** The first connection has everything to read, which takes its time. */
  async ready(): Promise<void> {
    await (this.#made ??= this.#make());
  }

  /** @param place How its adapters reach the database. */
  async next(place: Place): Promise<StoreUnderTest> {
    await this.ready();
    const adapters: PostgresAdapter[] = [];
    const connect = async (): Promise<PostgresAdapter> => {
      const options = { ...place, schema: this.#schema, logger: silentLogger };
      const adapter = new PostgresAdapter(options);
      adapters.push(adapter);
      return adapter;
    };
    return {
      adapter: await connect(),
      // Long against what a busy machine takes for a test.
      tick: 30,
      connect,
      elapse: async (seconds) => {
        await this.#script(`UPDATE "${this.#schema}".skew SET seconds = seconds + ${seconds}`);
      },
      dispose: async () => {
        await Promise.all(adapters.map((adapter) => adapter.close()));
        await this.#script(`SELECT "${this.#schema}".forget_all()`);
      },
    };
  }

  async #make(): Promise<void> {
    await this.#script(migrationSql(this.#schema).replace(/^(BEGIN|COMMIT);$/gm, ""));
    await this.#script(testFunctions(this.#schema));
  }
}

/** All times of a schema come from one function, and what it has can be forgotten. */
function testFunctions(schema: string): string {
  return `CREATE TABLE "${schema}".skew (seconds float8 NOT NULL);
INSERT INTO "${schema}".skew VALUES (0);
CREATE OR REPLACE FUNCTION "${schema}".epoch() RETURNS float8 LANGUAGE sql VOLATILE AS
  'SELECT extract(epoch FROM clock_timestamp())::float8 + seconds FROM "${schema}".skew';
CREATE FUNCTION "${schema}".forget_all() RETURNS void LANGUAGE plpgsql AS $$
DECLARE t text;
BEGIN
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = '${schema}' AND tablename NOT IN ('skew', 'migration') LOOP
    EXECUTE format('DELETE FROM "${schema}".%I', t);
  END LOOP;
  UPDATE "${schema}".skew SET seconds = 0;
END $$;`;
}

/** A pool for all stores of a file: a connection has to read each function anew. */
export function sharedPool(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 40 });
  // Of connections that end with the server.
  pool.on("error", () => undefined);
  return pool;
}
