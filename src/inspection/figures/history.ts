import type { Adapter } from "../../adapters/adapter.ts";
import type { DayCounters } from "../../adapters/job-store.ts";
import { settings } from "../../job/settings/settings.ts";

/** Days for which Sidekiq keeps them, and this library. */
const LONGEST = 1_825;

/**
 * How many runs ended, and how many failed, on each of the last days: Ruby's too, where a Sidekiq
 * shares the Redis. Days are those of UTC, by the store's clock. Redis keeps them for five years,
 * the memory adapter as long as it lives.
 *
 * @param days How many, today included: 1 to 1,825. @default 30
 * @param adapter @default the one of `configure`
 * @returns the oldest first, today last.
 * @throws {RangeError} if `days` is no such number.
 *
 * @example
 * ```ts
 * import { history } from "mandate";
 *
 * for (const { date, processed, failed } of await history(7)) {
 *   console.log(date, processed, failed);
 * }
 * ```
 *
 * @see Sidekiq 8.1 `lib/sidekiq/api.rb`, `Stats::History`; it has the latest day first.
 */
export async function history(
  days = 30,
  adapter: Adapter = settings().adapter,
): Promise<readonly DayCounters[]> {
  if (!Number.isInteger(days) || days < 1 || days > LONGEST) {
    throw new RangeError(
      `Cannot tell the history of ${String(days)} days: they are kept for five years. Give an integer from 1 to ${LONGEST}`,
    );
  }
  return adapter.store.countersByDay(days);
}
