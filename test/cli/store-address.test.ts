import { afterEach, describe, expect, it, vi } from "vitest";
import { redisUrlOf, storeAddress, type StoreChoice } from "../../src/cli/store-address.ts";

afterEach(() => vi.unstubAllEnvs());

describe("where the program is told that the jobs are", () => {
  it.each<[Record<string, string>, string | undefined, string?]>([
    [{}, undefined],
    [{ REDIS_URL: "redis://cache" }, "redis://cache", "REDIS_URL"],
    [{ MANDATE_URL: "rediss://jobs", REDIS_URL: "redis://cache" }, "rediss://jobs", "MANDATE_URL"],
    // Opened when it is needed.
    [{ MANDATE_URL: "memory:", REDIS_URL: "redis://cache" }, undefined],
    [{ MANDATE_URL: "sqlite:jobs.db" }, undefined],
  ])("is in the environment %j: %s", (environment, url, by) => {
    vi.stubEnv("MANDATE_URL", "").stubEnv("REDIS_URL", "");
    Object.entries(environment).forEach(([name, value]) => vi.stubEnv(name, value));

    const address = storeAddress();

    expect([address?.url, address?.by]).toEqual([url, by]);
  });

  it.each<[string, readonly StoreChoice[], string, string]>([
    ["typed", [{ url: "sqlite:a.db" }, { url: "sqlite:b.db" }], "sqlite:a.db", "--url"],
    [
      "typed for Redis",
      [{ redisUrl: "redis://a" }, { url: "sqlite:b" }],
      "redis://a",
      "--redis-url",
    ],
    ["in a file", [{}, { url: "postgres://db/app" }], "postgres://db/app", "--url"],
  ])("is what was %s first", (_how, choices, url, by) => {
    vi.stubEnv("REDIS_URL", "redis://cache");

    expect(storeAddress(...choices)).toEqual({ url, by });
  });

  it.each<[StoreChoice, RegExp]>([
    [
      { url: "mysql://u:secret@db/app" },
      /^Cannot use --url: that is the URL of no store\. Write it/,
    ],
    [{ url: "jobs.db" }, /^Cannot use --url: that is the URL of no store/],
    [
      { url: "redis://h/secret" },
      /^Cannot use the Redis URL: what follows the server is no number/,
    ],
    [{ redisUrl: "sqlite:secret.db" }, /^Cannot use the Redis URL: it is none/],
    [
      { url: "sqlite:jobs.db", redisUrl: "redis://h" },
      /^Cannot use --url beside --redis-url: both say where the jobs are$/,
    ],
  ])("is not %j", (choice, why) => {
    expect(() => storeAddress(choice)).toThrow(why);
    expect(() => storeAddress(choice)).not.toThrow(/secret/);
  });

  it("is asked for Ruby's schedules only where it is Redis", () => {
    expect(redisUrlOf(undefined)).toBeUndefined();
    expect(redisUrlOf({ url: "sqlite:jobs.db", by: "--url" })).toBeUndefined();
    expect(redisUrlOf({ url: "rediss://h", by: "--url" })).toBe("rediss://h");
    expect(redisUrlOf({ url: "/tmp/redis.sock", by: "REDIS_URL", scheme: "redis:" })).toBe(
      "/tmp/redis.sock",
    );
  });
});
