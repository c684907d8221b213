import { Batch, Command, configure, silentLogger } from "mandate";
import { RedisAdapter } from "mandate/redis";
import { describe, expect, it, onTestFinished } from "vitest";
import { settings } from "../../src/job/settings/settings.ts";
import { RedisServer } from "../support/redis-server.ts";
import { missing } from "../support/requires.ts";
import { TcpProxy } from "../support/tcp-proxy.ts";

class Work extends Command {
  call() {}
}

describe.skipIf(missing("redis"))("a batch whose changes are answered by nobody", () => {
  async function lineToRedis(): Promise<TcpProxy> {
    const server = await RedisServer.start();
    const proxy = await TcpProxy.start(server.port);
    const adapter = new RedisAdapter({ url: proxy.url, logger: silentLogger });
    const before = settings().adapter;
    configure({ adapter });
    onTestFinished(async () => {
      configure({ adapter: before });
      await adapter.close();
      await proxy.close();
      await server.dispose();
    });
    return proxy;
  }

  it.each(["open", "close"])("is made all the same: %s", async (deed) => {
    const proxy = await lineToRedis();
    loseFirst(proxy, deed);

    const batch = await Batch.create({ onSuccess: Work.prepare() }, () => Work.defer());

    expect(proxy.lost).toBe(1);
    expect(await batch.status()).toMatchObject({ total: 1, open: false, incomplete: false });
  });

  it("is cancelled, and its jobs with it", async () => {
    const proxy = await lineToRedis();
    const batch = await Batch.create({}, () => Work.defer());
    loseFirst(proxy, "cancel");

    expect(await batch.cancel()).toBe(true);

    expect(proxy.lost).toBe(1);
    expect(await batch.status()).toMatchObject({ pending: 0, done: 1 });
  });

  it("says what its block threw, though it cannot be closed", async () => {
    const proxy = await lineToRedis();

    const creating = Batch.create({}, async () => {
      proxy.loseReplies((request) => request.includes("\r\nclose\r\n"));
      throw new Error("no more rows");
    });

    await expect(creating).rejects.toThrow("no more rows");
  });
});

/** Loses the answer to the first change of that kind. */
function loseFirst(proxy: TcpProxy, deed: string): void {
  proxy.loseReplies((request) => proxy.lost === 0 && request.includes(`\r\n${deed}\r\n`));
}
