// This library on a Postgres: the same commands, in a schema beside pg-boss's.
import { consoleLogger } from "../../../dist/index.js";
import { PostgresAdapter } from "../../../dist/postgres.js";
import { openWith } from "./mandate.mjs";

export { version } from "./mandate.mjs";
export const settings = 'defaults, Postgres without fsync; log level "warn"';

/** @param {{ postgres: string }} options */
export async function open({ postgres }) {
  const logger = consoleLogger({ level: "warn" });
  return openWith(new PostgresAdapter({ connectionString: postgres, logger }), logger);
}
