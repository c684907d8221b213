import { migrateSchema, quoted, readVersion } from "./schema/migrate.ts";
import { LATEST } from "./schema/migrations.ts";
import type { PostgresOptions } from "./postgres-options.ts";
import type { Database, Row, Value } from "./connection/database.ts";
import { openDatabase } from "./connection/open-database.ts";
import {
  failure,
  isToBeTriedAgain,
  schemaMissing,
  schemaTooNew,
} from "./connection/postgres-errors.ts";

/** How often a statement is tried that the server wants to be tried again. */
const TRIES = 3;

/** The way to the database: opened, and its schema looked at, with the first statement. */
export class Connection {
  readonly #options: PostgresOptions;
  readonly #schema: string;
  readonly #texts = new Map<string, string>();
  #database: Promise<Database> | undefined;
  #ready: Promise<Database> | undefined;
  /** The same, once it is there: nothing has to be awaited for each statement. */
  #isReady: Database | undefined;
  #isClosed = false;

  constructor(options: PostgresOptions, schema: string) {
    this.#options = options;
    this.#schema = schema;
  }

  /** As it is, whatever its schema. */
  async database(): Promise<Database> {
    return (this.#database ??= openDatabase(this.#options));
  }

  async query(deed: string, text: string, values: readonly Value[]): Promise<readonly Row[]> {
    try {
      const database = this.#isReady ?? (await this.#whenReady());
      return await tried(() => database.query(this.#textOf(text), values));
    } catch (error) {
      throw failure(deed, error);
    }
  }

  async migrate(to: number): Promise<number> {
    try {
      return await migrateSchema(await this.database(), this.#schema, to);
    } catch (error) {
      throw failure(`migrate schema "${this.#schema}"`, error);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await (await this.#database)?.close();
  }

  #whenReady(): Promise<Database> {
    this.#ready ??= this.#look().catch((error: unknown) => {
      this.#ready = undefined;
      throw error;
    });
    return this.#ready;
  }

  async #look(): Promise<Database> {
    const database = await this.database();
    const { autoMigrate = true } = this.#options;
    const { version, needs } = await readVersion(database, this.#schema);
    if (needs > LATEST) {
      throw schemaTooNew(this.#schema, version, LATEST);
    }
    if (version < LATEST) {
      if (!autoMigrate) {
        throw schemaMissing(this.#schema, version, LATEST);
      }
      await migrateSchema(database, this.#schema);
    }
    if (!this.#isClosed) {
      this.#isReady = database;
    }
    return database;
  }

  /** The statement, with the schema's name in place of `@`. */
  #textOf(text: string): string {
    let full = this.#texts.get(text);
    if (full === undefined) {
      full = text.replaceAll("@.", `${quoted(this.#schema)}.`);
      this.#texts.set(text, full);
    }
    return full;
  }
}

async function tried<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries === TRIES || !isToBeTriedAgain(error)) throw error;
    }
  }
}
