import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RedisAdapter } from "../../../../src/adapters/redis/redis-adapter.ts";
import { silentLogger } from "../../../../src/support/logger.ts";
import { RedisServer } from "../../../support/redis-server.ts";
import { missing } from "../../../support/requires.ts";

describe.skipIf(missing("redis"))("documents that are written with jobs", () => {
  let server: RedisServer;
  let writer: RedisAdapter;
  let listener: RedisAdapter;
  const heard: string[] = [];

  beforeEach(async () => {
    server = await RedisServer.start();
    const options = { url: server.url, logger: silentLogger };
    [writer, listener] = [new RedisAdapter(options), new RedisAdapter(options)];
    heard.length = 0;
    await listener.documents.listen("", (name) => heard.push(name)).ready;
  });
  afterEach(async () => {
    await Promise.all([writer.close(), listener.close()]);
    await server.dispose();
  });

  /** Without jobs, as where all that is due was left out. */
  function write(name: string): Promise<unknown> {
    return writer.enqueue([], 10, { name, text: "1", version: "none" });
  }

  it("are told of in one message, behind each other", async () => {
    const client = new Redis(server.url);
    const messages: string[] = [];
    client.on("message", (_channel, message: string) => messages.push(message));
    await client.subscribe("mandate:documents");

    await Promise.all([write("a"), write("b")]);
    await write("c");

    await expect.poll(() => heard).toEqual(["a", "b", "c"]);
    client.disconnect();
    expect(messages.flatMap((message) => JSON.parse(message) as string[])).toEqual(
      ["a", "b", "c"].flatMap((name) => [name, ""]),
    );
    expect(messages.length).toBeLessThan(3);
  });

  it("are told of by an adapter that closes at once", async () => {
    await write("a");
    await writer.close();

    await expect.poll(() => heard).toEqual(["a"]);
  });

  it("keep no adapter from closing while Redis is away", async () => {
    await write("a");
    await server.kill();

    await expect(writer.close()).resolves.toBeUndefined();
    await server.run();
  });
});
