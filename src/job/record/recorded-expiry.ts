import { readTimestamp, type JobRecord } from "../../adapters/job-record.ts";
import { clock } from "../../support/clock.ts";

/**
 * Until when a job has to have started, epoch seconds; `undefined` where it has all the time.
 *
 * Whoever enqueues it works the moment out once, into `expiry`, as Sidekiq Pro's client does. Where
 * a record has only the option, `expires_in`, the moment is counted from when the job came to its
 * queue, or failed first: `created_at` would have a scheduled one expire before it is due.
 *
 * @see https://github.com/sidekiq/sidekiq/wiki/Pro-Expiring-Jobs
 */
export function expiryOf(record: JobRecord): number | undefined {
  const { expires_in: seconds, expiry, failed_at: failedAt, enqueued_at: enqueuedAt } = record;
  const said = readTimestamp(expiry);
  if (said !== undefined || typeof seconds !== "number" || !(seconds > 0)) {
    return said;
  }
  const since = failedAt ?? enqueuedAt ?? record.created_at;
  const from = readTimestamp(since);
  return from === undefined ? undefined : from + seconds;
}

/**
 * Whether a job is not to be run any more. Of most, which have no such option, this is one look.
 */
export function hasExpired(record: JobRecord): boolean {
  return record.expires_in !== undefined && (expiryOf(record) ?? Infinity) <= clock.now();
}
