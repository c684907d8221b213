import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { RedisAdapter } from "../../../src/adapters/redis/redis-adapter.ts";
import { newJid } from "../../../src/support/jid.ts";
import { runProgram } from "../../repository/program.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { missing } from "../../support/requires.ts";

describe.skipIf(missing("redis"))("a connection to Redis", () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await RedisServer.start();
  });

  afterAll(() => server?.dispose());

  it.each([{}, { enableReadyCheck: false }])(
    "takes no other database than the one that was asked for: %j",
    async (redis) => {
      const url = new URL("/99", server.url).href;
      const adapter = new RedisAdapter({ url, redis });
      const there = new RedisAdapter({ url: server.url });
      onTestFinished(async () => {
        await adapter.close();
        await there.close();
      });
      const id = newJid();
      const payload = JSON.stringify({ class: "Lost", args: [], jid: id, queue: "default" });

      await expect(adapter.store.queueNames()).rejects.toThrow(
        'Redis answered "ERR DB index is out of range". ' +
          "Check the number of the database, at the end of its URL",
      );
      await expect(
        adapter.enqueue([{ jid: id, queue: "default", payload, prereqs: [] }], 0.5),
      ).rejects.toMatchObject({ maybeAccepted: false });
      expect(await there.store.queueNames()).toEqual([]);
    },
  );

  it("lets a script end that has deferred", async () => {
    const program = await runProgram("test/adapters/programs/defer.ts", {
      env: { REDIS_URL: server.url },
      deadlineMs: 25_000,
    });

    expect(program).toEqual({ exit: 0, stdout: "enqueued\n", stderr: "" });
  });
});
