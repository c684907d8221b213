import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runProgram } from "../../repository/program.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { missing } from "../../support/requires.ts";

describe.skipIf(missing("redis"))("a connection to Redis", () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await RedisServer.start();
  });

  afterAll(() => server?.dispose());

  it("lets a script end that has deferred", async () => {
    const program = await runProgram("test/adapters/programs/defer.ts", {
      env: { REDIS_URL: server.url },
      deadlineMs: 25_000,
    });

    expect(program).toEqual({ exit: 0, stdout: "enqueued\n", stderr: "" });
  });
});
