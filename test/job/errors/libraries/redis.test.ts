import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { Redis, type RedisOptions } from "ioredis";
import { Command, configure, silentLogger } from "mandate";
import { RedisAdapter } from "mandate/redis";
import { describe, expect, it, onTestFinished } from "vitest";
import { freePort } from "../../../support/redis-server.ts";
import { failureOf, kindsOf } from "./kinds.ts";

class Ping extends Command {
  call(): void {}
}

/** A client that does not look after its connection. */
function client(
  port: number,
  options: Pick<RedisOptions, "commandTimeout" | "maxRetriesPerRequest" | "retryStrategy"> = {},
): Redis {
  const redis = new Redis(port, "127.0.0.1", {
    retryStrategy: () => null,
    // Neither of these is answered by a silent server.
    enableReadyCheck: false,
    protocol: 2,
    ...options,
  });
  redis.on("error", () => {});
  onTestFinished(() => redis.disconnect());
  return redis;
}

/** A server that never says anything. @returns its port. */
async function silentServer(): Promise<number> {
  const server = createServer((socket) => onTestFinished(() => void socket.destroy()));
  server.listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

describe("ioredis", () => {
  it("is refused a connection", async () => {
    const port = await freePort();

    const closed = await failureOf(client(port).get("key"));
    const tired = client(port, { maxRetriesPerRequest: 1, retryStrategy: () => 1 });
    const spent = await failureOf(tired.get("key"));

    expect([closed, spent].map(kindsOf)).toEqual([["connection"], ["connection"]]);
  });

  it("is not answered in time", async () => {
    const redis = client(await silentServer(), { commandTimeout: 50 });

    expect(kindsOf(await failureOf(redis.get("key")))).toEqual(["timeout"]);
  });

  it("fails below this library, where Redis is away", async () => {
    const url = `redis://127.0.0.1:${await freePort()}`;
    const adapter = new RedisAdapter({ url, logger: silentLogger });
    configure({ adapter, enqueueTimeout: 0.2, logger: silentLogger });
    onTestFinished(async () => {
      configure({ enqueueTimeout: 5 });
      await adapter.close();
    });

    expect(kindsOf(await failureOf(Ping.defer()))).toContain("connection");
  });
});
