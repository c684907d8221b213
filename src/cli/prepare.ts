import { basename } from "node:path";
import { openAdapter } from "../adapters/open-adapter.ts";
import { configure } from "../configuration/configure.ts";
import { settings } from "../job/settings/settings.ts";
import { consoleLogger, type Logger } from "../support/logger.ts";
import { queueOrder, shownQueues } from "../worker/queue-order.ts";
import { loadPaths } from "./load-paths.ts";
import type { ProgramOptions } from "./program-options.ts";
import { withoutPassword } from "./redis/redis-url.ts";
import { redisVersion } from "./redis/redis-version.ts";
import { HOW_TO_TELL, redisUrlOf } from "./store-address.ts";
import { ownVersion } from "./version.ts";

/** What is configured when the files are loaded, which may then change it. */
export function configureProgram({
  environment,
  verbose,
  configured,
}: Pick<ProgramOptions, "environment" | "verbose" | "configured">): void {
  process.env["NODE_ENV"] = environment;
  if (verbose) {
    configure({ logger: consoleLogger({ level: "debug" }) });
  }
  configure(configured);
}

/**
 * Loads the commands, and finds out where jobs are: where the loaded files say, or in the store
 * that the program was told.
 *
 * @returns what to say of the store.
 * @throws {UsageError} if there is no such file.
 * @throws {ConfigurationError} if a file cannot be loaded.
 * @throws {AdapterError} if Redis does not answer.
 */
export async function prepareStore({
  store: address,
  require,
}: ProgramOptions): Promise<Readonly<Record<string, string>>> {
  const ours = address && (await openAdapter(address, { logger: later }));
  if (ours !== undefined) {
    configure({ adapter: ours });
  }
  await loadPaths(require);
  const { adapter, logger } = settings();
  if (address !== undefined && adapter === ours) {
    const redisUrl = redisUrlOf(address);
    const server = redisUrl === undefined ? adapter.name : await redisVersion(redisUrl);
    return {
      [redisUrl === undefined ? "store" : "redis"]: server,
      url: withoutPassword(address.url),
    };
  }
  if (!adapter.capabilities.persistent) {
    logger.warn(
      { store: adapter.name },
      `Jobs are kept in this process's memory: no other can defer any. ${HOW_TO_TELL}`,
    );
  }
  return { store: adapter.name };
}

/** One line that says what is running here. */
export function logBanner(options: ProgramOptions, more: Readonly<Record<string, unknown>>): void {
  const { environment, weights, concurrency, capsules, configFile, tag } = options;
  settings().logger.info(
    {
      node: process.version,
      ...more,
      environment,
      queues: shownQueues(weights),
      concurrency,
      ...Object.fromEntries(
        capsules.map(({ name, queues, concurrency: slots }) => [
          `capsule ${name}`,
          { queues: shownQueues(queueOrder(queues).weights), concurrency: slots },
        ]),
      ),
      ...(configFile === undefined ? {} : { config: configFile }),
      ...(tag === "" ? {} : { tag }),
      pid: process.pid,
    },
    `mandate ${ownVersion()}`,
  );
}

/** What of the configuration file is not kept. */
export function logRemarks({ configFile, unused, remarks }: ProgramOptions): void {
  const { logger } = settings();
  if (unused.length > 0) {
    const file = basename(configFile ?? "");
    logger.warn({ unused }, `Some settings of ${file} are Ruby's, and not used here`);
  }
  remarks.forEach((remark) => logger.warn({}, remark));
}

/** The logger that the loaded files configure. */
const later: Logger = {
  debug: (fields, message) => settings().logger.debug(fields, message),
  info: (fields, message) => settings().logger.info(fields, message),
  warn: (fields, message) => settings().logger.warn(fields, message),
  error: (fields, message) => settings().logger.error(fields, message),
};
