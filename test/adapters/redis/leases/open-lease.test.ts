import { Redis } from "ioredis";
import { describe, expect, it, onTestFinished } from "vitest";
import { AdapterError } from "../../../../src/adapters/adapter-error.ts";
import type { LeaseOptions } from "../../../../src/adapters/adapter.ts";
import { RedisAdapter } from "../../../../src/adapters/redis/redis-adapter.ts";
import { silentLogger } from "../../../../src/support/logger.ts";
import { RedisServer } from "../../../support/redis-server.ts";
import { missing } from "../../../support/requires.ts";

describe("a lease", () => {
  it("is refused where no server is", async () => {
    const adapter = adapterOf("redis://127.0.0.1:1");

    await expect(adapter.lease(options)).rejects.toThrow(
      new AdapterError(
        'Cannot run INFO: Redis is unreachable, "connect ECONNREFUSED 127.0.0.1:1". ' +
          "Check that it runs and can be reached from here",
      ),
    );
  });

  it.skipIf(missing("redis"))(
    "is refused, and leaves no connection, where there is none left for it",
    async () => {
      const server = await RedisServer.start();
      const redis = new Redis(server.url);
      onTestFinished(async () => {
        redis.disconnect();
        await server.dispose();
      });
      const adapter = adapterOf(server.url);
      await adapter.unfinished(["any"]);
      await redis.config("SET", "maxclients", "2");

      await expect(adapter.lease(options)).rejects.toThrow(
        // It answers that it has too many clients, and closes: what is heard of it first is chance.
        /^Cannot open a lease: Redis (is unreachable,|answered) "/,
      );

      await redis.config("SET", "maxclients", "100");
      // Redis hears of it a moment later.
      const clients = (): Promise<unknown> => redis.client("LIST");
      await expect.poll(clients).not.toMatch(/name=mandate-/);
    },
  );
});

const options: LeaseOptions = {
  identity: "host:1:aaaaaaaaaaaa",
  ttl: 60,
  info: { hostname: "host", pid: 1, tag: "", startedAt: 1, concurrency: 1, queues: [["*", 1]] },
  state: () => ({ quiet: false, busy: 1 }),
  onWork: () => undefined,
  onDue: () => undefined,
};

function adapterOf(url: string): RedisAdapter {
  const adapter = new RedisAdapter({ url, logger: silentLogger });
  onTestFinished(() => adapter.close());
  return adapter;
}
