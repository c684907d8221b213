import { loadIoredis } from "../../adapters/redis/connection/load-ioredis.ts";

/** A recurring job that a scheduler of Ruby's keeps in Redis as well. */
export interface RubySchedule {
  readonly library: "sidekiq-cron" | "sidekiq-scheduler";
  readonly key: string;
}

/** Seconds until a server that does not answer counts as away. */
const TIMEOUT = 5;

/**
 * Which of some recurring jobs sidekiq-cron and sidekiq-scheduler have in a Redis, by their keys.
 *
 * @returns none where it does not answer: jobs may be elsewhere.
 * @see sidekiq-cron 2.3 lib/sidekiq/cron/job.rb, sidekiq-scheduler 6.0 redis_manager.rb
 */
export async function rubySchedules(
  url: string,
  keys: readonly string[],
): Promise<readonly RubySchedule[]> {
  const Redis = await loadIoredis();
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: TIMEOUT * 1000,
    commandTimeout: TIMEOUT * 1000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const pipeline = client.pipeline();
    for (const key of keys) {
      // Its earlier versions had no namespaces; other ones than the default are part of a key.
      pipeline.exists(`cron_job:default:${key}`, `cron_job:${key}`);
      pipeline.hexists("schedules", key);
    }
    const answers = (await pipeline.exec()) ?? [];
    return answers.flatMap(([, count], index): RubySchedule[] => {
      const key = keys[Math.floor(index / 2)] ?? "";
      const library = index % 2 === 0 ? "sidekiq-cron" : "sidekiq-scheduler";
      return typeof count === "number" && count > 0 ? [{ library, key }] : [];
    });
  } catch {
    return [];
  } finally {
    client.disconnect();
  }
}
