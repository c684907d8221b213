import { Redis } from "ioredis";
import { Command, history, silentLogger } from "mandate";
import { RedisAdapter } from "mandate/redis";
import { Worker } from "mandate/worker";
import { describe, expect, it, onTestFinished } from "vitest";
import { RedisServer } from "../../support/redis-server.ts";
import { missing } from "../../support/requires.ts";
import { onEachStore } from "../on-each-store.ts";

class Send extends Command.initializeWith((fails = false) => ({ fails })) {
  static {
    this.retry(0);
  }

  call(): void {
    if (this.fails) throw new RangeError("no");
  }
}

onEachStore("history", () => {
  it("counts what ended and what failed today, behind the days before", async () => {
    await Send.defer();
    await Send.defer(true);
    await new Worker().drain({ dueWithin: 0 });

    const days = await history(3);

    expect(days).toHaveLength(3);
    expect(days.at(-1)).toMatchObject({ processed: 2, failed: 1 });
    expect(days.map(({ date }) => date)).toEqual(days.map(({ date }) => date).toSorted());
    expect(await history()).toHaveLength(30);
  });

  it.each([0, 1.5, 1_826, NaN])("refuses %j days", async (days) => {
    await expect(history(days)).rejects.toThrow(
      new RangeError(
        `Cannot tell the history of ${days} days: they are kept for five years. Give an integer from 1 to 1825`,
      ),
    );
  });
});

describe.skipIf(missing("redis"))("history on Redis", () => {
  it("reads what Sidekiq wrote, and takes what is no number for none", async () => {
    const server = await RedisServer.start();
    const adapter = new RedisAdapter({ url: server.url, logger: silentLogger });
    const client = new Redis(server.url);
    onTestFinished(async () => {
      client.disconnect();
      await adapter.close();
      await server.dispose();
    });
    const ago = (days: number): string =>
      new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
    await client.set(`stat:processed:${ago(400)}`, "40");
    await client.set(`stat:failed:${ago(400)}`, "4");
    await client.set(`stat:processed:${ago(1)}`, "oops");
    await client.hset(`stat:failed:${ago(1)}`, "a", "b");

    const days = await history(401, adapter);

    expect(days[0]).toEqual({ date: ago(400), processed: 40, failed: 4 });
    expect(days.at(-2)).toEqual({ date: ago(1), processed: 0, failed: 0 });
    expect(days).toHaveLength(401);
  });
});
