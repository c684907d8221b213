import { settings } from "../job/settings/settings.ts";
import { recurring } from "../recurring/recurring.ts";
import type { ProgramOptions } from "./program-options.ts";
import { rubySchedules } from "./redis/ruby-schedules.ts";
import { UsageError } from "./usage.ts";

/**
 * Reads the files of recurring jobs that were named.
 *
 * @throws {ConfigurationError} if one cannot be used.
 * @throws {UsageError} if a scheduler of Ruby's has one of them in the same Redis.
 */
export async function loadRecurring({
  recurring: files,
  recurringBesideRuby,
  redisUrl,
  environment,
}: Pick<
  ProgramOptions,
  "recurring" | "recurringBesideRuby" | "redisUrl" | "environment"
>): Promise<void> {
  for (const file of files) {
    const keys = await recurring.load(file, { environment });
    const [both] = redisUrl === undefined ? [] : await rubySchedules(redisUrl, keys);
    if (both === undefined) continue;
    const { key, library } = both;
    const why = `${library} has "${key}" in the same Redis, and each occurrence would come twice`;
    if (!recurringBesideRuby) {
      throw new UsageError(
        `Cannot use --recurring ${file}: ${why}. Delete it there, or give --recurring-beside-ruby`,
      );
    }
    settings().logger.warn({ file, key }, `A recurring job is scheduled twice: ${why}`);
  }
}
