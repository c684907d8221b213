import { describe, expect, it, onTestFinished } from "vitest";
import { Command, configure } from "../../src/index.ts";
import type { JobRecord } from "../../src/adapters/job-record.ts";
import { RedisAdapter } from "../../src/adapters/redis/redis-adapter.ts";
import { define } from "../../src/recurring/definition.ts";
import { recurring } from "../../src/recurring/recurring.ts";
import { RecurringScheduler } from "../../src/recurring/scheduler/recurring-scheduler.ts";
import { silentLogger } from "../../src/support/logger.ts";
import { RedisServer } from "../support/redis-server.ts";
import { missing } from "../support/requires.ts";

class Sweep extends Command.initializeWith(() => ({})) {
  call(): void {}
}

const KEYS = Array.from({ length: 20 }, (_, index) => `sweep-${index}`);

describe.skipIf(missing("redis"))("recurring jobs on Redis", () => {
  it("have one job for each occurrence, with a scheduler in each of several processes", async () => {
    const server = await RedisServer.start();
    onTestFinished(() => server.dispose());
    const adapters = Array.from({ length: 4 }, () => adapterOf(server.url));
    const [adapter] = adapters as [RedisAdapter];
    configure({ adapter, logger: silentLogger });
    const definitions = KEYS.map((key) =>
      define(key, "* * * * * *", Sweep.prepare(), { timeZone: "UTC" }),
    );

    const schedulers = adapters.map((each) => schedulerOf(each, definitions));
    await expect
      .poll(() => occurrencesIn(adapter), { timeout: 20_000 })
      .toSatisfy((found: string[]) => found.length >= 3 * 20);
    await Promise.all(schedulers.map((scheduler) => scheduler.stop()));

    const found = await occurrencesIn(adapter);
    expect(new Set(found).size).toBe(found.length);
    for (const key of KEYS) {
      const times = timesOf(found, key);
      expect(times).toEqual(times.map((_, index) => (times[0] ?? NaN) + index));
    }
  });

  it("are heard of at once when they are defined in another process", async () => {
    const server = await RedisServer.start();
    onTestFinished(() => server.dispose());
    const adapter = adapterOf(server.url);
    configure({ adapter, logger: silentLogger });
    schedulerOf(adapterOf(server.url), []);
    const before = await recurring.define("first", "* * * * * *", Sweep.prepare());
    await expect.poll(() => occurrencesIn(adapter), { timeout: 5_000 }).not.toEqual([]);

    await before.pause();
    await recurring.define("second", "* * * * * *", Sweep.prepare());

    await expect
      .poll(async () => timesOf(await occurrencesIn(adapter), "second").length, { timeout: 5_000 })
      .toBeGreaterThan(1);
    expect((await recurring.job("first").read()).isPaused).toBe(true);
  });
});

function adapterOf(url: string): RedisAdapter {
  const adapter = new RedisAdapter({ url, logger: silentLogger });
  onTestFinished(() => adapter.close());
  return adapter;
}

function schedulerOf(
  adapter: RedisAdapter,
  definitions: readonly ReturnType<typeof define>[],
): RecurringScheduler {
  const scheduler = new RecurringScheduler({
    adapter,
    documents: adapter.documents,
    logger: silentLogger,
    definitions,
    worker: String(Math.random()),
    timeout: 5,
  });
  scheduler.start();
  onTestFinished(() => scheduler.stop());
  return scheduler;
}

/** "KEY AT" of each job. */
async function occurrencesIn(adapter: RedisAdapter): Promise<string[]> {
  const { jobs } = await adapter.store.page({ queue: "default" }, undefined, 1_000);
  return jobs
    .map(({ payload }) => (JSON.parse(payload) as JobRecord).recurring)
    .map((run) => run as { key: string; at: number })
    .map(({ key, at }) => `${key} ${at}`);
}

function timesOf(occurrences: readonly string[], key: string): number[] {
  return occurrences
    .flatMap((each) => (each.startsWith(`${key} `) ? Number(each.split(" ")[1]) : []))
    .toSorted((one, other) => one - other);
}
