import type { Adapter } from "../../adapters/adapter.ts";
import { addressInEnvironment, openAdapter } from "../../adapters/open-adapter.ts";
import { configure } from "../../configuration/configure.ts";
import { settings } from "../../job/settings/settings.ts";
import { environmentOf } from "../../support/environment.ts";
import { silentLogger } from "../../support/logger.ts";
import { readConfigFile } from "../config-file.ts";
import { loadPaths } from "../load-paths.ts";
import type { OptionValues } from "../parse-options.ts";
import { redisVersion } from "../redis/redis-version.ts";
import {
  assertThere,
  HOW_TO_TELL,
  redisUrlOf,
  storeAddress,
  type StoreChoice,
} from "../store-address.ts";
import { UsageError } from "../usage.ts";

/** What every command needs that looks at jobs. */
export const STORE_OPTIONS = {
  url: {
    type: "string",
    value: "URL",
    about: "where the jobs are (else MANDATE_URL, REDIS_URL)",
  },
  "redis-url": { type: "string", value: "URL", about: "the same, of Redis alone" },
  require: {
    type: "string",
    short: "r",
    multiple: true,
    value: "PATH",
    about: "load commands, and what they configure",
  },
  config: { type: "string", short: "C", value: "FILE", about: "a configuration file" },
} as const;

type StoreValues = OptionValues<typeof STORE_OPTIONS>;

/** Whether the classes that a configuration file names are needed, besides those of `--require`. */
interface Needs {
  readonly classes?: boolean;
}

/**
 * Does something with the store that was told, and leaves it.
 *
 * @param use Is told, besides, whether classes were loaded.
 * @throws {UsageError} if none was told, or one that no other process can see.
 * @throws {AdapterError} if it does not answer.
 */
export async function withStore<Answer>(
  values: StoreValues,
  use: (adapter: Adapter, knowsClasses: boolean) => Promise<Answer>,
  needs: Needs = {},
): Promise<Answer> {
  const before = settings().adapter;
  try {
    const knowsClasses = await openStore(values, needs);
    return await use(settings().adapter, knowsClasses);
  } finally {
    const { adapter } = settings();
    configure({ adapter: before });
    if (adapter !== before) {
      await adapter.close();
    }
  }
}

/** What the command line says of the place. */
export function typed(values: StoreValues): StoreChoice {
  return { url: values.url, redisUrl: values["redis-url"] };
}

/** @returns whether classes were loaded. */
async function openStore(values: StoreValues, { classes = false }: Needs): Promise<boolean> {
  const environment = environmentOf(process.env);
  const { config, configured } = await readConfigFile(values.config, environment);
  const address = storeAddress(typed(values), config);
  // How many dead jobs are kept holds for those that are killed here, too.
  configure(configured);
  const before = settings().adapter;
  const ours = address && (await openAdapter(address, { logger: silentLogger }));
  if (ours !== undefined) {
    configure({ adapter: ours });
  }
  const named = classes ? [config.require ?? []].flat() : [];
  const paths = new Set([...named, ...(values.require ?? [])]);
  await loadPaths(paths);
  const { adapter } = settings();
  if (!adapter.capabilities.persistent) {
    throw new UsageError(`Cannot tell where the jobs are: none was named. ${HOW_TO_TELL}`);
  }
  if (adapter === (ours ?? before)) {
    const named = address ?? addressInEnvironment();
    if (named !== undefined) assertThere(named);
  }
  const redisUrl = redisUrlOf(address);
  if (redisUrl !== undefined && adapter === ours) {
    // Once, where the adapter would keep trying.
    await redisVersion(redisUrl);
  }
  return paths.size > 0;
}
