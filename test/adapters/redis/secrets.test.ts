import { inspect } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { AdapterError } from "../../../src/adapters/adapter-error.ts";
import { RedisAdapter } from "../../../src/adapters/redis/redis-adapter.ts";
import { silentLogger } from "../../../src/support/logger.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { missing } from "../../support/requires.ts";
import { done, jid } from "../../../src/adapter-contract/jobs.ts";
import { TestLease } from "../../../src/adapter-contract/test-lease.ts";

const SECRET = "4111 1111-1111-1111-1111";
const TIMEOUT = { timeout: 60_000 };

type Redis = (name: string, ...args: readonly (string | number)[]) => Promise<unknown>;

describe.skipIf(missing("redis"))("errors of Redis show nothing of a job's arguments", () => {
  it.each<[string, RegExp, (redis: Redis, server: RedisServer) => Promise<unknown>]>([
    ["a full memory", /OOM/, (redis) => redis("CONFIG", "SET", "maxmemory", 1)],
    ["a replica", /READONLY/, (redis) => redis("REPLICAOF", "127.0.0.1", 1)],
    ["a script that fails", /WRONGTYPE/, (redis) => redis("SET", "queue:default", "text")],
    [
      "a command that is not there",
      /NOPERM|unknown command/,
      (redis) => redis("ACL", "SETUSER", "default", "-evalsha"),
    ],
    ["a server that is gone", /unreachable/, (_redis, server) => server.kill()],
    [
      "a server that stands still",
      /timed out|no answer in time/,
      (redis) => redis("CLIENT", "PAUSE", 3_000),
    ],
  ])("with %s", TIMEOUT, async (_name, said, spoil) => {
    const { adapter, redis, server } = await started();
    await adapter.enqueue([entry("first", "public")]);
    await spoil(redis, server);

    const error = await failureOf(adapter.enqueue([entry("second", SECRET)], 0.5));

    expect(error).toBeInstanceOf(AdapterError);
    expect((error as Error).message).toMatch(said);
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(SECRET);
  });

  it("while a worker settles", TIMEOUT, async () => {
    const { adapter, redis } = await started();
    const lease = await TestLease.open(adapter, { identity: "host:1:aaaaaaaaaaaa", ttl: 60 });
    await adapter.enqueue([entry("first", SECRET)]);
    const job = await lease.fetchOne();
    await redis("SET", "stat:processed", "text");
    onTestFinished(() => lease.close());

    const payload = JSON.stringify({ jid: jid("first"), args: [SECRET], queue: "default" });
    const error = await failureOf(lease.settle({ ...done(job), kind: "dead", payload }));

    expect((error as Error).message).toContain("value is not an integer");
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(SECRET);
  });

  it("when it quotes a command that it does not know", TIMEOUT, async () => {
    const server = await RedisServer.start(["--rename-command", "SET", ""]);
    const adapter = adapterOn(server.url);
    onTestFinished(() => server.dispose());

    // Without its own jid in it, a payload is remembered under its digest.
    const error = await failureOf(adapter.enqueue([{ ...entry("a", SECRET), payload: SECRET }]));

    expect((error as Error).message).toMatch(/unknown command 'SET'"/);
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain("with args beginning");
  });

  it("when the password is wrong, nor the password", TIMEOUT, async () => {
    const server = await RedisServer.start();
    const adapter = adapterOn(`redis://someone:${SECRET}@127.0.0.1:${server.port}`);
    onTestFinished(() => server.dispose());

    const error = await failureOf(adapter.enqueue([entry("a", "public")], 2));

    expect((error as Error).message).toContain("Check the user, the password and their rights");
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(SECRET);
  });
});

async function started(): Promise<{ adapter: RedisAdapter; redis: Redis; server: RedisServer }> {
  const server = await RedisServer.start();
  const { Redis } = await import("ioredis");
  const client = new Redis(server.port);
  client.on("error", () => undefined);
  onTestFinished(async () => {
    client.disconnect();
    await server.dispose();
  });
  const redis: Redis = (name, ...args) => client.call(name, ...args);
  return { adapter: adapterOn(server.url), redis, server };
}

function adapterOn(url: string): RedisAdapter {
  const adapter = new RedisAdapter({
    url,
    logger: silentLogger,
    leaseThread: false,
    redis: { commandTimeout: 300 },
  });
  onTestFinished(() => adapter.close());
  return adapter;
}

function entry(name: string, secret: string): { jid: string; queue: string; payload: string } {
  const record = { class: "Job", args: [secret], queue: "default", jid: jid(name) };
  return { jid: jid(name), queue: "default", payload: JSON.stringify(record) };
}

function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}
