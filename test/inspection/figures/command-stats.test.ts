import { Command, commandStats, configure, MemoryAdapter, silentLogger } from "mandate";
import { RedisAdapter } from "mandate/redis";
import { Worker } from "mandate/worker";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { RedisServer } from "../../support/redis-server.ts";
import { missing } from "../../support/requires.ts";
import { run } from "../../cli/commands/recording-terminal.ts";
import { Visitor } from "../../web/visitor.ts";

class Count extends Command.initializeWith((number: number) => ({ number })) {
  static {
    this.retry(0);
  }

  call(): void {
    if (this.number === 0) throw new RangeError("zero");
  }
}

it("is empty in memory, which does not count by class", async () => {
  expect(await commandStats({}, new MemoryAdapter({ logger: silentLogger }))).toEqual([]);
});

it.each([
  [0, "Cannot use 0 as the minutes of commandStats: give an integer of at least 1"],
  [
    481,
    "Cannot tell of 481 minutes: runs are kept by class for eight hours. Give an integer from 1 to 480",
  ],
])("refuses %d minutes", async (minutes, message) => {
  await expect(commandStats({ minutes })).rejects.toThrow(new RangeError(message));
});

describe.skipIf(missing("redis"))("commandStats on Redis", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server?.dispose());

  it("has what workers counted, and what older Sidekiqs did", async () => {
    const adapter = new RedisAdapter({ url: server.url, leaseThread: false, logger: silentLogger });
    const client = new Redis(server.url);
    configure({ adapter, logger: silentLogger });
    onTestFinished(async () => {
      client.disconnect();
      await adapter.close();
    });
    for (const number of [0, 1, 2]) await Count.defer(number);
    const worker = new Worker({ queues: ["default"], concurrency: 1 });
    await worker.start();
    await vi.waitUntil(async () => (await adapter.store.counters()).processed === 3);
    await worker.stop();
    const now = new Date();
    const day = now.toISOString().slice(0, 10).replaceAll("-", "");
    const key = `j|${day}|${now.getUTCHours()}:${now.getUTCMinutes()}`;
    await client.hset(key, "HardJob|p", 4, "HardJob|f", 1, "HardJob|ms", 600);

    const found = await commandStats();
    const [hard, count] = ["HardJob", "Count"].map((name) =>
      found.find(({ className }) => className === name),
    );
    expect(hard).toMatchObject({ processed: 4, failed: 1, seconds: 0.6 });
    expect(hard?.mean).toBeCloseTo(0.2);
    expect(count).toMatchObject({ processed: 3, failed: 1 });

    const listed = await run(["commands", "--redis-url", server.url]);
    expect(listed.lines.join("\n")).toMatch(/HardJob +4 +1 +200 ms +0\.6s/);
    expect((await run(["commands", "--minutes", "x", "--redis-url", server.url])).notes).toEqual([
      'mandate: Cannot use "x" as --minutes: it is no whole number from 1 to 480. Write --minutes 60',
    ]);
    const page = await new Visitor().get("/commands?minutes=15");
    expect(page.text).toContain("1 (25.0 %)");
  });
});
