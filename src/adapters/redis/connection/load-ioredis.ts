import { ConfigurationError } from "../../../support/errors.ts";

/** What is used of its module. */
type Ioredis = Pick<typeof import("ioredis"), "Redis">;

/**
 * Loads ioredis, once it is needed.
 *
 * @param load For tests.
 * @throws {ConfigurationError} if it cannot be loaded: that is no fault of any connection.
 */
export async function loadIoredis(
  load: () => Promise<Ioredis> = () => import("ioredis"),
): Promise<Ioredis["Redis"]> {
  try {
    return (await load()).Redis;
  } catch (error) {
    const { message: said, code } = Object(error) as Partial<NodeJS.ErrnoException>;
    const reason = said ?? String(error);
    throw new ConfigurationError(
      `Cannot load the package "ioredis", which connects to Redis: ${reason}. ${remedyFor(reason, code)}`,
      { cause: error },
    );
  }
}

function remedyFor(reason: string, code: string | undefined): string {
  if (/dynamic require|require is not defined/i.test(reason)) {
    return (
      "This is a bundle in ESM, in which require is missing: leave packages out of it (esbuild: --packages=external), " +
      "or define it in a banner: import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"
    );
  }
  if (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") {
    return "Install it where this program runs: npm install ioredis";
  }
  return "Check how it was installed or bundled";
}
