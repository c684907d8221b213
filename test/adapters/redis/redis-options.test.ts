import { Redis } from "ioredis";
import { describe, expect, it, onTestFinished } from "vitest";
import { RedisAdapter } from "../../../src/adapters/redis/redis-adapter.ts";
import type { RedisClient } from "../../../src/adapters/redis/redis-options.ts";
import { ConfigurationError } from "../../../src/support/errors.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { missing } from "../../support/requires.ts";

describe("a RedisAdapter's options", () => {
  it("have no other names", () => {
    expect(() => new RedisAdapter({ host: "localhost" } as object)).toThrow(
      new ConfigurationError(
        'Cannot use option "host" for RedisAdapter: there is no such option. There are: ' +
          "url, redis, client, keyPrefix, leaseThread, sidekiqHeartbeat, sidekiqMetrics, wireFormat, timestamps, deadMaxJobs, deadTimeout, logger. " +
          'What ioredis takes (host, port, tls, …) belongs into "redis"',
      ),
    );
  });

  it.each([
    ["urll", "url"],
    ["uri", "url"],
    ["prefix", "keyPrefix"],
    ["connection", "redis"],
  ])("say what is meant by %s", (name, meant) => {
    expect(() => new RedisAdapter({ [name]: "x" })).toThrow(
      `Cannot use option "${name}" for RedisAdapter: there is no such option. Did you mean "${meant}"? There are: url, `,
    );
  });

  it.skipIf(missing("redis"))("take a client that connects only when it is used", async () => {
    const server = await RedisServer.start();
    const client = new Redis(server.url, { lazyConnect: true }) as unknown as RedisClient;
    const adapter = new RedisAdapter({ client });
    onTestFinished(async () => {
      await adapter.close();
      await server.dispose();
    });

    expect(await adapter.unfinished(["any"])).toEqual([]);
  });

  it.each([{ url: "redis://127.0.0.1:6379" }, { redis: { port: 6379 } }])(
    "name one server: not a client and %j",
    (other) => {
      const client = new Redis({ lazyConnect: true }) as unknown as RedisClient;

      expect(() => new RedisAdapter({ client, ...other })).toThrow(
        new ConfigurationError(
          'Cannot use "client" of RedisAdapter together with "url" or "redis": give one of them',
        ),
      );
    },
  );

  it("have no URL that asks for what is not to be asked for", () => {
    expect(() => new RedisAdapter({ url: "redis://127.0.0.1/0?lazyConnect=true" })).toThrow(
      new ConfigurationError(
        'Cannot use "lazyConnect" in the URL of Redis: RedisAdapter decides it. Leave it out',
      ),
    );
  });

  it.each(["redis://127.0.0.1/secret", "rediss://127.0.0.1:6379/0x"])(
    "have no URL whose database is no number: %s",
    (url) => {
      expect(() => new RedisAdapter({ url })).toThrow(
        new ConfigurationError(
          'Cannot use "url" of RedisAdapter, or REDIS_URL: what follows the server is no number of a database. ' +
            "Write it as redis://127.0.0.1:6379/0",
        ),
      );
    },
  );

  it.each([[0], [-1], [NaN], [Infinity], ["10" as never]])(
    "have no sidekiqHeartbeat of %j",
    (sidekiqHeartbeat) => {
      expect(() => new RedisAdapter({ sidekiqHeartbeat })).toThrow(
        new ConfigurationError(
          'Cannot use "sidekiqHeartbeat" of RedisAdapter: expected a number of seconds, ' +
            `found ${sidekiqHeartbeat}`,
        ),
      );
    },
  );

  it.each([[6], ["8"], [true]])("have no sidekiqMetrics of %j", (sidekiqMetrics) => {
    expect(() => new RedisAdapter({ sidekiqMetrics: sidekiqMetrics as never })).toThrow(
      new ConfigurationError(
        'Cannot use "sidekiqMetrics" of RedisAdapter: expected 7, 8 or false, ' +
          `found ${sidekiqMetrics}`,
      ),
    );
  });
});
