import { describe, expect, it, onTestFinished } from "vitest";
import { AdapterError } from "../../../src/adapters/adapter-error.ts";
import { redisVersion } from "../../../src/cli/redis/redis-version.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { missing } from "../../support/requires.ts";

describe("redisVersion", () => {
  it.skipIf(missing("redis"))("is what the server says of itself", async () => {
    const server = await RedisServer.start();
    onTestFinished(() => server.dispose());

    expect(await redisVersion(server.url)).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it.skipIf(missing("redis"))("refuses a database that is not there", async () => {
    const server = await RedisServer.start();
    onTestFinished(() => server.dispose());
    const url = new URL("/99", server.url).href;

    await expect(redisVersion(url)).rejects.toThrow(
      `Cannot reach Redis at ${url}: ERR DB index is out of range. Check the number of the database, ` +
        "at the end of its URL, or name another by --url or REDIS_URL",
    );
  });

  it("refuses a server that is not there, at once and without its password", async () => {
    await expect(redisVersion("redis://:secret@127.0.0.1:1/0?family=4")).rejects.toThrow(
      new AdapterError(
        "Cannot reach Redis at redis://127.0.0.1:1/0: connect ECONNREFUSED 127.0.0.1:1. " +
          "Check that it runs, or name another by --url or REDIS_URL",
      ),
    );
  });
});
