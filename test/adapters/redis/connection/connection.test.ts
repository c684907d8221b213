import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { Connection } from "../../../../src/adapters/redis/connection/connection.ts";
import { RedisAdapter } from "../../../../src/adapters/redis/redis-adapter.ts";
import type { RedisOptions } from "../../../../src/adapters/redis/redis-options.ts";
import { newJid } from "../../../../src/support/jid.ts";
import { runProgram } from "../../../repository/program.ts";
import { RedisServer } from "../../../support/redis-server.ts";
import { missing } from "../../../support/requires.ts";
import { TcpProxy } from "../../../support/tcp-proxy.ts";

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

  it("takes an answer that came while the process was busy for longer than it waits", async () => {
    const connection = await opened({ url: server.url, redis: { commandTimeout: 100 } });

    const pong = connection.command("PING");
    const until = performance.now() + 300;
    while (performance.now() < until);

    await expect(pong).resolves.toBe("PONG");
  });

  it.each(["what is no answer\r\n", ":1\r\n"])(
    "is made anew where the other side says what nobody can tell: %j",
    async (said) => {
      const proxy = await TcpProxy.start(server.port);
      onTestFinished(() => proxy.close());
      const connection = await opened({ url: proxy.url });
      const closed = once(connection.events, "close");
      const before = await connection.command("CLIENT", "ID");

      proxy.inject(said);
      await closed;

      expect(await connection.command("CLIENT", "ID")).not.toBe(before);
    },
  );

  it("is made anew where nobody answers when it is there", async () => {
    let connections = 0;
    const mute = createServer((socket) => {
      connections += 1;
      const isFirst = connections === 1;
      socket.on("data", (bytes) => {
        const commands = bytes.toString().match(/(?<=^\*\d+\r\n\$\d+\r\n)\w+/gm) ?? [];
        const answered = commands.filter((name) => !(isFirst && name.toUpperCase() === "PING"));
        socket.write("+OK\r\n".repeat(answered.length));
      });
    });
    mute.listen(0, "127.0.0.1");
    await once(mute, "listening");
    onTestFinished(() => void mute.close());
    const { port } = mute.address() as AddressInfo;

    const redis = { commandTimeout: 200 };
    const connection = await opened({ url: `redis://127.0.0.1:${port}`, redis });

    expect(connections).toBe(2);
    await expect(connection.command("PING")).resolves.toBe("OK");
  });

  it("is made anew where its server became a replica: another may be the master", async () => {
    const other = await RedisServer.start();
    onTestFinished(() => other.dispose());
    const connection = await opened({ url: other.url });
    const before = await connection.command("CLIENT", "ID");
    await connection.command("REPLICAOF", "127.0.0.1", 1);

    const closed = once(connection.events, "close");
    await expect(connection.command("SET", "key", "value")).rejects.toThrow(/^READONLY/);
    await closed;

    expect(await connection.command("CLIENT", "ID")).not.toBe(before);
  });

  it("waits for an answer as long as it is told to, for ever too", async () => {
    const connection = await opened({ url: server.url, redis: { commandTimeout: Infinity } });

    await expect(connection.command("PING")).resolves.toBe("PONG");
  });

  it("is made anew where the other side does not answer a goodbye either", async () => {
    const proxy = await TcpProxy.start(server.port);
    onTestFinished(() => proxy.close());
    const connection = await opened({ url: proxy.url, redis: { commandTimeout: 200 } });

    proxy.silence();
    const lost = connection.command("PING");
    await expect(lost).rejects.toThrow("Command timed out");
    proxy.mend();

    await expect(connection.command("PING")).resolves.toBe("PONG");
  });

  it.each([
    ["a port that is none", { port: 70_000 }, /Port should be/],
    [
      "Sentinels that are not there",
      { sentinels: [{ host: "127.0.0.1", port: 1 }], name: "jobs" },
      /All sentinels are unreachable/,
    ],
    ["a certificate that is none", { tls: { cert: "none" } }, /PEM|no start line/i],
  ])("says why where none can be begun: %s", async (_what, redis, why) => {
    const adapter = new RedisAdapter({ redis });
    onTestFinished(() => adapter.close());

    await expect(adapter.status(newJid())).rejects.toThrow(why);
    await expect(adapter.status(newJid())).rejects.toThrow(why);
  });

  it("lets a script end that could not defer", async () => {
    const program = await runProgram("test/adapters/programs/defer-away.ts", {
      env: { REDIS_URL: "redis://127.0.0.1:1" },
      deadlineMs: 25_000,
    });

    expect(program).toEqual({ exit: 0, stdout: "AdapterError\n", stderr: "" });
  });

  it("lets a script end that has deferred", async () => {
    const program = await runProgram("test/adapters/programs/defer.ts", {
      env: { REDIS_URL: server.url },
      deadlineMs: 25_000,
    });

    expect(program).toEqual({ exit: 0, stdout: "enqueued\n", stderr: "" });
  });
});

/** One that is there, however many tries that takes. */
async function opened(options: RedisOptions): Promise<Connection> {
  const connection = await Connection.open(options, "test");
  onTestFinished(() => connection.close());
  await vi.waitFor(() => connection.ready(), { timeout: 20_000 });
  return connection;
}
