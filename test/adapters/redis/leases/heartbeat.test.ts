import { Redis } from "ioredis";
import { describe, expect, it, onTestFinished } from "vitest";
import type { FetchedJob } from "../../../../src/adapters/adapter.ts";
import { RedisAdapter } from "../../../../src/adapters/redis/redis-adapter.ts";
import { silentLogger } from "../../../../src/support/logger.ts";
import { RedisServer } from "../../../support/redis-server.ts";
import { missing } from "../../../support/requires.ts";
import { jid, payloadOf } from "../../../../src/adapter-contract/jobs.ts";
import { TestLease } from "../../../../src/adapter-contract/test-lease.ts";
import { Chaos } from "../chaos.ts";

const TIMEOUT = { timeout: 30_000 };

describe.skipIf(missing("redis"))("Sidekiq's heartbeat", () => {
  it("shows the worker where Sidekiq's Web UI looks", TIMEOUT, async () => {
    const chaos = await Chaos.start();

    const [identity = ""] = (await chaos.redis("SMEMBERS", "processes")) as string[];
    const fields = ["info", "concurrency", "busy", "quiet"];
    const shown = (await chaos.redis("HMGET", identity, ...fields)) as string[];
    const [info = "", ...state] = shown;
    const ttl = await chaos.redis("TTL", identity);

    expect(identity).toMatch(/^.+:\d+:[0-9a-f]{12}$/);
    expect(state).toEqual(["5", "0", "false"]);
    expect(ttl).toBeGreaterThan(50);
    expect(JSON.parse(info)).toMatchObject({
      identity,
      pid: process.pid,
      queues: ["*"],
      concurrency: 5,
      started_at: expect.any(Number) as number,
      capsules: { default: { concurrency: 5, mode: "random", weights: { "*": 1 } } },
      embedded: false,
    });
  });

  it("takes quiet and stop from Sidekiq's API", TIMEOUT, async () => {
    const chaos = await Chaos.start({ leaseTtl: 1 });
    const [identity = ""] = (await chaos.redis("SMEMBERS", "processes")) as string[];

    await chaos.redis("LPUSH", `${identity}-signals`, "TTIN", "TSTP", "TERM");
    await chaos.log.line(/^Worker stopped$/);

    expect(
      chaos.log.messages("info").filter((line) => /operator|quiet|Running/.test(line)),
    ).toEqual([
      "An operator sent TTIN",
      "Running: 0 jobs",
      "An operator sent TSTP",
      "Worker is quiet: it fetches no more jobs",
      "An operator sent TERM",
    ]);
    expect(await chaos.leftovers()).toEqual([]);
  });

  it("lists what runs, and not what was only fetched ahead", TIMEOUT, async () => {
    const server = await RedisServer.start();
    const adapter = new RedisAdapter({ url: server.url, logger: silentLogger, leaseThread: false });
    const redis = new Redis(server.url);
    let running: readonly FetchedJob[] = [];
    const lease = await TestLease.open(adapter, {
      identity: "host:1:aaaaaaaaaaaa",
      ttl: 60,
      running: () => running,
    });
    onTestFinished(async () => {
      await lease.close();
      await adapter.close();
      redis.disconnect();
      await server.dispose();
    });
    await adapter.enqueue(
      ["a", "b", "c"].map((name) => ({
        jid: jid(name),
        queue: "default",
        payload: payloadOf(name),
      })),
    );
    const [first, second] = await lease.fetch(3);
    const shown = async (): Promise<string[]> => {
      await lease.renew();
      const work = Object.values(await redis.hgetall("host:1:aaaaaaaaaaaa:work"));
      return work.map((entry) => (JSON.parse(entry) as { payload: string }).payload);
    };

    running = [first, second].filter((job) => job !== undefined);
    const two = await shown();
    running = running.slice(1);
    const one = await shown();
    running = [];
    const none = await shown();

    expect(new Set(two)).toEqual(new Set([first?.payload, second?.payload]));
    expect(one).toEqual([second?.payload]);
    expect(none).toEqual([]);
  });
});
