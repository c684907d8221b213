import { ConfigurationError } from "mandate";
import { RedisAdapter } from "mandate/redis";
import { describe, expect, it } from "vitest";

describe("the wireFormat of a Redis adapter", () => {
  it("is there for whoever writes jobs", () => {
    const wireFormat = { queues: { rails: "activejob" } } as const;

    expect(new RedisAdapter({ wireFormat }).wireFormat).toBe(wireFormat);
    expect(new RedisAdapter().wireFormat).toBeUndefined();
  });

  it("is refused where it is none", () => {
    const make = (): unknown => new RedisAdapter({ wireFormat: "ruby" as "native" });

    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(
      'Cannot use "wireFormat" of RedisAdapter: give "native" or "activejob", or { default, queues } of them',
    );
  });
});
