import { ConfigurationError } from "../../../support/errors.ts";
import type { Driver, OpenDriver } from "../driver/driver.ts";
import { Database } from "./database.ts";
import { MIGRATIONS } from "./schema.ts";

/** "mndt": tells our files from those of others. */
const APPLICATION = 0x6d6e6474;
/** Milliseconds: what is waited for the lock of another process before anybody else has a turn. */
const BUSY_TIMEOUT = 5;

/**
 * Opens a file, which is made where it is not there, and brings its tables up to date.
 *
 * @throws {ConfigurationError} if it is another program's, or a newer version's.
 */
export function openDatabase(file: string, open: OpenDriver): Database {
  const database = new Database(open(file));
  try {
    prepare(database, file);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

function prepare(database: Database, file: string): void {
  const { driver } = database;
  // Opening is rare, and several processes may do it at the same time.
  driver.exec("PRAGMA busy_timeout = 5000");
  const [version, owner] = [pragma(driver, "user_version"), pragma(driver, "application_id")];
  const isEmpty = database.get("SELECT 1 FROM sqlite_schema LIMIT 1") === undefined;
  if (owner !== APPLICATION && !(isEmpty && owner === 0)) {
    throw new ConfigurationError(
      `Cannot keep jobs in ${JSON.stringify(file)}: it is the database of another program. Name a file of its own, which is made then`,
    );
  }
  if (version > MIGRATIONS.length) {
    throw new ConfigurationError(
      `Cannot keep jobs in ${JSON.stringify(file)}: its tables are of version ${version}, and this release of mandate knows ${MIGRATIONS.length}. ` +
        "Install the newer release here, too",
    );
  }
  driver.exec("PRAGMA journal_mode = WAL");
  driver.exec("PRAGMA synchronous = NORMAL");
  driver.exec("PRAGMA cache_size = -16000");
  driver.exec("PRAGMA wal_autocheckpoint = 4000");
  driver.exec("PRAGMA journal_size_limit = 67108864");
  if (version < MIGRATIONS.length) {
    migrate(driver);
  }
  driver.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`);
}

function migrate(driver: Driver): void {
  driver.exec("BEGIN IMMEDIATE");
  try {
    // Another process may have done it meanwhile.
    for (const text of MIGRATIONS.slice(pragma(driver, "user_version"))) {
      driver.exec(text);
    }
    driver.exec(`PRAGMA application_id = ${APPLICATION}`);
    driver.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
    driver.exec("COMMIT");
  } catch (error) {
    driver.exec("ROLLBACK");
    throw error;
  }
}

function pragma(driver: Driver, name: string): number {
  const row = driver.prepare(`PRAGMA ${name}`).get() as Readonly<Record<string, unknown>>;
  return Number(row[name]);
}
