import { Redis } from "ioredis";
import { expect, it, onTestFinished } from "vitest";
import { RedisAdapter } from "../../../../src/adapters/redis/redis-adapter.ts";
import { silentLogger } from "../../../../src/support/logger.ts";
import { RedisServer } from "../../../support/redis-server.ts";
import { missing } from "../../../support/requires.ts";

it.skipIf(missing("redis")).each([
  [["mail"], ["other", "mail2"], ["mail"]],
  [
    ["mail", "mail2", "news*"],
    ["other", "mail3"],
    ["mail", "mail2", "news-eu"],
  ],
  [["*"], [], ["mail", "other"]],
])("a worker for %j is not woken by %j", async (served, others, heard) => {
  const server = await RedisServer.start();
  const redis = new Redis(server.url);
  const adapter = new RedisAdapter({ url: server.url, logger: silentLogger });
  let wakes = 0;
  let hearsTime: () => void = () => undefined;
  const allHeard = new Promise<void>((resolve) => (hearsTime = resolve));
  const lease = await adapter.lease({
    identity: "host:1:aaaaaaaaaaaa",
    ttl: 60,
    info: {
      hostname: "host",
      pid: 1,
      tag: "",
      startedAt: 1,
      concurrency: 1,
      queues: served.map((name) => [name, 0]),
    },
    state: () => ({ quiet: false, busy: 1 }),
    onWork: () => (wakes += 1),
    onDue: () => hearsTime(),
  });
  onTestFinished(async () => {
    await lease.close();
    await adapter.close();
    redis.disconnect();
    await server.dispose();
  });
  const before = wakes;

  for (const queue of [...others, ...heard]) await redis.lpush(`queue:${queue}`, "{}");

  // They come in their order: once this is heard of, all before it are.
  await redis.zadd("retry", Date.now() / 1000 + 3600, "{}");
  await allHeard;
  expect(wakes - before).toBe(heard.length);
});
