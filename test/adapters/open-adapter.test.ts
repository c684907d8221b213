import { describe, expect, it } from "vitest";
import type { Adapter } from "../../src/adapters/adapter.ts";
import { LazyAdapter } from "../../src/adapters/lazy-adapter.ts";
import { MemoryAdapter } from "../../src/adapters/memory/memory-adapter.ts";
import {
  addressInEnvironment,
  defaultAdapter,
  openAdapter,
  type StoreAddress,
} from "../../src/adapters/open-adapter.ts";
import { RedisAdapter } from "../../src/adapters/redis/redis-adapter.ts";
import { SqliteAdapter } from "../../src/adapters/sqlite/sqlite-adapter.ts";
import { silentLogger } from "../../src/support/logger.ts";

const REDIS: StoreAddress = { url: "redis://127.0.0.1:6379/0", by: "MANDATE_URL" };
const options = { logger: silentLogger };

describe("the environment", () => {
  it.each([
    [{}, undefined],
    [{ MANDATE_URL: "", REDIS_URL: "" }, undefined],
    [
      { REDIS_URL: "/run/redis.sock" },
      { url: "/run/redis.sock", by: "REDIS_URL", scheme: "redis:" },
    ],
    [
      { MANDATE_URL: "memory:", REDIS_URL: "redis://cache" },
      { url: "memory:", by: "MANDATE_URL" },
    ],
  ])("%j names %j", (environment, address) => {
    expect(addressInEnvironment(environment)).toEqual(address);
  });
});

describe("a store", () => {
  it.each([
    ["memory:", MemoryAdapter],
    ["redis://127.0.0.1:6379/0", RedisAdapter],
    ["rediss://127.0.0.1:6379/0", RedisAdapter],
    ["REDIS://127.0.0.1:6379/0", RedisAdapter],
    ["sqlite:jobs.db", SqliteAdapter],
  ])("is opened by its URL: %s", async (url, expected) => {
    const adapter = await openAdapter({ url, by: "MANDATE_URL" }, options);

    expect(adapter).toBeInstanceOf(expected);
    await adapter.close();
  });

  it.each(["mysql://user:secret@host/db", "127.0.0.1:6379", "secret"])(
    "of an unknown kind is refused, without its URL: %s",
    async (url) => {
      await expect(openAdapter({ url, by: "MANDATE_URL" }, options)).rejects.toThrow(
        "Cannot open the store that MANDATE_URL names: its URL begins with none of memory:, redis:, rediss:, sqlite:, postgres:, postgresql:. " +
          "Write it as redis://127.0.0.1:6379/0 or sqlite:jobs.db, or give configure an adapter",
      );
    },
  );

  it("that cannot be loaded is told of, with what to do", async () => {
    const cause = new Error("Cannot find package 'mandate' imported from bundle.mjs");
    const load = (): Promise<never> => Promise.reject(cause);

    await expect(openAdapter(REDIS, { ...options, load })).rejects.toMatchObject({
      name: "ConfigurationError",
      message:
        "Cannot open the store that MANDATE_URL names: mandate/redis cannot be loaded: " +
        "Cannot find package 'mandate' imported from bundle.mjs. A bundle has it where the application imports it and " +
        "gives its adapter to configure; or install mandate beside the bundle",
      cause,
    });
  });
});

describe("the default adapter", () => {
  const ignore = (): void => undefined;

  it.each([undefined, { url: "memory:", by: "MANDATE_URL" }])("is memory for %j", (address) => {
    expect(defaultAdapter(options, ignore, address)).toBeInstanceOf(MemoryAdapter);
  });

  it("is loaded with the first thing that is asked of it, and handed over then", async () => {
    const loaded: string[] = [];
    const opened: Adapter[] = [];
    class RedisAdapter extends MemoryAdapter {
      constructor() {
        super(options);
      }
    }
    const load = async (entry: string): Promise<object> => {
      loaded.push(entry);
      return { RedisAdapter };
    };

    const adapter = defaultAdapter({ ...options, load }, (made) => opened.push(made), REDIS);
    expect([adapter, loaded, opened]).toEqual([expect.any(LazyAdapter), [], []]);
    await Promise.all([adapter.status("a"), adapter.store.now()]);

    expect([loaded, opened]).toEqual([["redis"], [expect.any(MemoryAdapter)]]);
    await adapter.close();
  });

  it("says of itself what the loaded one says", async () => {
    const { name, capabilities } = defaultAdapter(options, ignore, REDIS);

    const loaded = await openAdapter(REDIS, options);

    expect({ name, capabilities }).toEqual({
      name: loaded.name,
      capabilities: loaded.capabilities,
    });
  });

  it("is refused at once where its kind is not known", () => {
    const address = { url: "mysql://host", by: "MANDATE_URL" };

    expect(() => defaultAdapter(options, ignore, address)).toThrow(/begins with none of memory:/);
  });
});
