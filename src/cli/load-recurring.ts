import { settings } from "../job/settings/settings.ts";
import { recurring } from "../recurring/recurring.ts";
import { definedHere } from "../recurring/service.ts";
import type { ProgramOptions } from "./program-options.ts";
import { rubySchedules } from "./redis/ruby-schedules.ts";
import { redisUrlOf } from "./store-address.ts";
import { UsageError } from "./usage.ts";

type RecurringChoice = Pick<
  ProgramOptions,
  "recurring" | "recurringBesideRuby" | "store" | "environment"
>;

/**
 * Reads the files of recurring jobs that were named.
 *
 * @returns the keys.
 * @throws {ConfigurationError} if one cannot be used.
 * @throws {UsageError} if a scheduler of Ruby's has one of them in the same Redis.
 */
export async function loadRecurring(choice: RecurringChoice): Promise<readonly string[]> {
  const all: string[] = [];
  for (const file of choice.recurring) {
    const keys = await recurring.load(file, { environment: choice.environment });
    await refuseBesideRuby(keys, `use --recurring ${file}`, choice);
    all.push(...keys);
  }
  return all;
}

/**
 * Looks at the recurring jobs that code and its configuration define.
 *
 * @param ofFiles The keys that were looked at already.
 * @throws {InvalidRecurringJobError} if two have one key.
 * @throws {UsageError} if a scheduler of Ruby's has one of them in the same Redis.
 */
export async function checkRecurring(
  choice: RecurringChoice,
  ofFiles: readonly string[],
): Promise<void> {
  const keys = definedHere().flatMap(({ key }) => (ofFiles.includes(key) ? [] : key));
  await refuseBesideRuby(keys, "start", choice);
}

async function refuseBesideRuby(
  keys: readonly string[],
  what: string,
  { store, recurringBesideRuby }: RecurringChoice,
): Promise<void> {
  const redisUrl = redisUrlOf(store);
  if (redisUrl === undefined || keys.length === 0) {
    return;
  }
  const [both] = await rubySchedules(redisUrl, keys);
  if (both === undefined) {
    return;
  }
  const { key, library } = both;
  const why = `${library} has "${key}" in the same Redis, and each occurrence would come twice`;
  if (!recurringBesideRuby) {
    throw new UsageError(
      `Cannot ${what}: ${why}. Delete it there, or give --recurring-beside-ruby`,
    );
  }
  settings().logger.warn({ key }, `A recurring job is scheduled twice: ${why}`);
}
