import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { loadEntry } from "../../src/adapters/load-entry.ts";
import { RedisAdapter } from "../../src/adapters/redis/redis-adapter.ts";

describe("loadEntry", () => {
  it("loads an entry from beside itself, the one that others have", async () => {
    expect(await loadEntry("redis")).toMatchObject({ RedisAdapter });
  });

  it.each(["", pathToFileURL("/app/server.mjs").href])(
    "looks in a bundle (%j) for the installed package",
    async (from) => {
      await expect(loadEntry("no-such-entry", from)).rejects.toThrow(/mandate\/no-such-entry/);
    },
  );
});
