import { describe, expect, it } from "vitest";
import { redisUrlIn } from "../../../src/cli/redis/redis-url.ts";

describe("the Redis that the environment names", () => {
  it.each([
    [{}, undefined],
    [{ REDIS_URL: "redis://cache" }, "redis://cache"],
    [{ MANDATE_URL: "rediss://jobs", REDIS_URL: "redis://cache" }, "rediss://jobs"],
    [{ MANDATE_URL: "memory:", REDIS_URL: "redis://cache" }, undefined],
  ])("in %j is %s", (environment, url) => {
    expect(redisUrlIn(environment)).toBe(url);
  });
});
