import { ConfigurationError } from "../../../support/errors.ts";
import type { RedisContext } from "../redis-context.ts";
import type { Logger } from "../../../support/logger.ts";

/** `RPOP` with a count, `LMOVE` and `ZRANGE … REV` are there from then on. */
export const OLDEST: readonly [major: number, minor: number] = [6, 2];

/**
 * Looks whether a server can be used.
 *
 * @param info What `INFO` answered.
 * @throws {ConfigurationError} if it is too old.
 */
export function checkServer(info: string, logger: Logger): void {
  const version = field(info, "redis_version") ?? "";
  if (version !== "" && isTooOld(version)) {
    throw new ConfigurationError(
      `Cannot work on this Redis: it is version ${version}, and ${OLDEST.join(".")} or later is needed. Upgrade it`,
    );
  }
  const policy = field(info, "maxmemory_policy");
  if (policy !== undefined && policy !== "noeviction") {
    logger.warn(
      { policy },
      `Redis deletes keys when its memory is full, and jobs with them: its maxmemory-policy is "${policy}". ` +
        "Set it to noeviction",
    );
  }
}

/** @param version "6.2.7" */
export function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

/** What INFO says, and the settings that it leaves out. Some providers allow no look at these. */
export async function serverFacts({
  command,
}: Pick<RedisContext, "command">): Promise<Readonly<Record<string, string>>> {
  const info = String(await command("INFO"));
  const facts = [...info.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, name = "", value = ""]) => [
    name,
    value,
  ]);
  for (const name of ["save", "appendfsync"]) {
    const reply = await command("CONFIG", "GET", name).catch(() => []);
    const [, value] = (reply as readonly unknown[]).flat();
    if (typeof value === "string") {
      facts.push([name, value]);
    }
  }
  return Object.fromEntries(facts) as Record<string, string>;
}

function field(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1];
}
