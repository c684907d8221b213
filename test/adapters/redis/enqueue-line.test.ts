import { Redis } from "ioredis";
import { describe, expect, it, onTestFinished } from "vitest";
import { AdapterError } from "../../../src/adapters/adapter-error.ts";
import type { Entry } from "../../../src/adapters/adapter.ts";
import { RedisAdapter } from "../../../src/adapters/redis/redis-adapter.ts";
import { silentLogger } from "../../../src/support/logger.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { missing } from "../../support/requires.ts";

describe.skipIf(missing("redis"))("a batch of more than 1,000 jobs", () => {
  it("tells which were accepted before one slice was refused", async () => {
    const server = await RedisServer.start();
    const redis = new Redis(server.url);
    const adapter = new RedisAdapter({ url: server.url, logger: silentLogger });
    onTestFinished(async () => {
      redis.disconnect();
      await adapter.close();
      await server.dispose();
    });
    const entries = Array.from({ length: 2_000 }, (_, index) => entry(index));
    await redis.config("SET", "maxmemory", "12mb");

    const refusal = await adapter.enqueue(entries).catch((error: unknown) => error);

    expect(refusal).toBeInstanceOf(AdapterError);
    expect(refusal).toMatchObject({
      message: expect.stringMatching(
        /^Cannot enqueue: Redis answered "OOM .*Accepted before: 1000 of 2000 jobs$/,
      ) as string,
      accepted: entries.slice(0, 1_000).map(({ jid }) => jid),
      maybeAccepted: false,
    });
    expect(await redis.llen("queue:default")).toBe(1_000);
  });
});

/** The second thousand is more than the server has room for. */
function entry(index: number): Entry {
  const jid = index.toString(16).padStart(24, "0");
  const args = index < 1_000 ? [] : ["a".repeat(20_000)];
  return { jid, queue: "default", payload: JSON.stringify({ jid, args }) };
}
