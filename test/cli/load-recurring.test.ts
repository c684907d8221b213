import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { Command, configure } from "mandate";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { checkRecurring, loadRecurring } from "../../src/cli/load-recurring.ts";
import { UsageError } from "../../src/cli/usage.ts";
import { silentLogger } from "../../src/support/logger.ts";
import { missing } from "../support/requires.ts";
import { workersOnRedis } from "./workers-on-redis.ts";

// Some start a program.
vi.setConfig({ testTimeout: 60_000 });

const folder = mkdtempSync(join(tmpdir(), "mandate-recurring-"));
const file = join(folder, "recurring.yml");

afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(missing("redis"))("mandate worker --recurring", () => {
  const workers = workersOnRedis();
  let redis: Redis;

  beforeAll(() => {
    redis = new Redis(workers.url);
  });
  afterAll(() => redis.disconnect());
  beforeEach(() => {
    writeFileSync(file, 'greet:\n  class: Greet\n  args: ["you"]\n  schedule: every second\n');
  });

  const choice = (): Parameters<typeof loadRecurring>[0] => ({
    recurring: [file],
    recurringBesideRuby: false,
    store: { url: workers.url, by: "--url" },
    environment: "test",
  });
  const load = (
    changes: Partial<Parameters<typeof loadRecurring>[0]> = {},
  ): ReturnType<typeof loadRecurring> => loadRecurring({ ...choice(), ...changes });

  it("enqueues what the file says", async () => {
    const program = workers.start("--recurring", file);

    await program.line(/^Hello you/);
    program.signal("SIGTERM");

    expect(await program.exit).toBe(0);
  });

  it("ends where the file names a class that is not loaded", async () => {
    writeFileSync(file, "greet:\n  class: Greeet\n  schedule: every second\n");
    const program = workers.start("--recurring", file);

    expect(await program.exit).toBe(1);
    expect(program.log.at(-1)?.msg).toBe(
      `Ended by a failure: Cannot use ${file}:1: no command or job is registered as "Greeet". ` +
        "Pass its class to registerCommands, or its folder to loadCommands. Registered here: Greet, Hang, Leave, Tick, Wait",
    );
  });

  it.each([
    ["sidekiq-cron", "cron_job:default:greet"],
    ["sidekiq-cron", "cron_job:greet"],
  ])("refuses what %s has in the same Redis as %s", async (library, key) => {
    await redis.hset(key, "name", "greet");

    await expect(load()).rejects.toThrow(
      new UsageError(
        `Cannot use --recurring ${file}: ${library} has "greet" in the same Redis, and each occurrence would come twice. ` +
          "Delete it there, or give --recurring-beside-ruby",
      ),
    );
  });

  it("refuses what sidekiq-scheduler has there, unless told otherwise", async () => {
    await redis.hset("schedules", "greet", "{}");
    const warnings: string[] = [];
    const warn = (_fields: object, message: string): number => warnings.push(message);
    configure({ logger: { ...silentLogger, warn } });

    await expect(load()).rejects.toThrow(
      `Cannot use --recurring ${file}: sidekiq-scheduler has "greet" in the same Redis, ` +
        "and each occurrence would come twice. Delete it there, or give --recurring-beside-ruby",
    );
    await load({ recurringBesideRuby: true });

    expect(warnings).toEqual([
      'A recurring job is scheduled twice: sidekiq-scheduler has "greet" in the same Redis, and each occurrence would come twice',
    ]);
  });

  it("refuses what code defines, too", async () => {
    class Greet extends Command.initializeWith((name = "you") => ({ name })) {
      call(): void {}
    }
    configure({ recurring: { "morning-greeting": { command: Greet, schedule: "@daily" } } });
    onTestFinished(() => configure({ recurring: {} }));
    await redis.hset("schedules", "morning-greeting", "{}");

    await expect(checkRecurring(choice(), [])).rejects.toThrow(
      new UsageError(
        'Cannot start: sidekiq-scheduler has "morning-greeting" in the same Redis, and each occurrence would come twice. ' +
          "Delete it there, or give --recurring-beside-ruby",
      ),
    );
    await expect(checkRecurring(choice(), ["morning-greeting"])).resolves.toBeUndefined();
  });

  it("reads it where no Redis is known, or none answers", async () => {
    await expect(load({ store: undefined })).resolves.toEqual(["greet"]);
    await expect(load({ store: { url: "redis://127.0.0.1:1", by: "--url" } })).resolves.toEqual([
      "greet",
    ]);
  });
});
