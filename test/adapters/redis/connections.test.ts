import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { describe, expect, it, onTestFinished } from "vitest";
import { ConfigurationError } from "../../../src/support/errors.ts";
import { RedisAdapter } from "../../../src/adapters/redis/redis-adapter.ts";
import type { RedisClient, RedisOptions } from "../../../src/adapters/redis/redis-options.ts";
import { Worker } from "../../../src/worker/worker.ts";
import { freePort, RedisServer } from "../../support/redis-server.ts";
import { RedisSentinel } from "../../support/redis-sentinel.ts";
import { missing, skip } from "../../support/requires.ts";
import { Log } from "../../worker/log.ts";
import { done, jid, payloadOf } from "../../../src/adapter-contract/jobs.ts";
import { TestLease } from "../../../src/adapter-contract/test-lease.ts";
import { Chaos } from "./chaos.ts";

const TIMEOUT = { timeout: 60_000 };
const cannotSign =
  spawnSync("openssl", ["version"]).status !== 0 && skip("no openssl on the PATH, to test TLS");

describe.skipIf(missing("redis"))("A RedisAdapter", () => {
  it("works in the database that its URL names, under its prefix", TIMEOUT, async () => {
    const server = await start();
    const adapter = connect({ url: `${server.url}/3`, keyPrefix: "app:" });

    await assertWorks(adapter);

    expect(await keysOf(server.port, 0)).toEqual([]);
    expect(await keysOf(server.port, 3)).not.toEqual([]);
    expect((await keysOf(server.port, 3)).filter((key) => !key.startsWith("app:"))).toEqual([]);
  });

  it("works in one slot of a Redis Cluster, by a hash tag", TIMEOUT, async () => {
    const server = await start(["--cluster-enabled", "yes"]);
    const client = await directly(server.port);
    await client.call("CLUSTER", "ADDSLOTSRANGE", 0, 16_383);
    while (!(await client.cluster("INFO")).includes("cluster_state:ok"));
    const adapter = connect({ url: server.url, keyPrefix: "{jobs}:" });

    await assertWorks(adapter);

    const keys = await keysOf(server.port);
    const slots = await Promise.all(keys.map((key) => client.call("CLUSTER", "KEYSLOT", key)));
    expect(new Set(slots).size).toBe(1);
  });

  it("says what to do where a Redis Cluster's slots are mixed", TIMEOUT, async () => {
    const server = await start(["--cluster-enabled", "yes"]);
    const client = await directly(server.port);
    await client.call("CLUSTER", "ADDSLOTSRANGE", 0, 16_383);
    while (!(await client.cluster("INFO")).includes("cluster_state:ok"));
    const adapter = connect({ url: server.url });

    await expect(adapter.enqueue([entry("a")])).rejects.toThrow(
      "This is a Redis Cluster: give RedisAdapter a keyPrefix with a hash tag, such as " +
        '"{jobs}:", and the address of the node that has its slot',
    );
  });

  it.skipIf(cannotSign)("works through TLS, and its lease's thread too", TIMEOUT, async () => {
    const tlsPort = await freePort();
    const folder = (await start()).directory;
    const file = (name: string): string => join(folder, name);
    makeCertificate(file);
    const certificate = [
      "--tls-cert-file",
      file("server.crt"),
      "--tls-key-file",
      file("server.key"),
    ];
    const trust = ["--tls-auth-clients", "no", "--tls-ca-cert-file", file("server.crt")];
    const server = await start(["--tls-port", String(tlsPort), ...certificate, ...trust]);
    const ca = readFileSync(file("server.crt"), "utf8");
    const adapter = connect({
      url: `rediss://localhost:${tlsPort}`,
      redis: { tls: { ca } },
      leaseThread: true,
    });
    const worker = new Worker({ adapter, logger: new Log() });
    onTestFinished(() => worker.stop());

    await worker.start();
    await connections(server.port, "mandate-lease", 1);
    await worker.stop();

    await assertWorks(adapter);
    await expect(
      connect({ url: `rediss://localhost:${tlsPort}` }).enqueue([entry("a")], 0.5),
    ).rejects.toThrow("self-signed certificate");
  });

  it("goes on at the next master when Sentinel has made one", TIMEOUT, async () => {
    const quick = ["--repl-diskless-sync-delay", "0"];
    const master = await start(quick);
    const replica = await start(["--replicaof", "127.0.0.1", String(master.port), ...quick]);
    const client = await directly(replica.port);
    while (!(await client.info("replication")).includes("master_link_status:up"));
    const sentinel = await RedisSentinel.start(master.port);
    onTestFinished(() => sentinel.dispose());
    const adapter = connect({
      redis: { sentinels: [{ host: "127.0.0.1", port: sentinel.port }], name: "jobs" },
      leaseThread: true,
    });
    const log = new Log();
    const worker = new Worker({ adapter, logger: log, concurrency: 2 });
    onTestFinished(() => worker.stop());
    await worker.start();

    await master.kill();
    await adapter.enqueue([entry("after")], 30);
    await log.line(/is back after/);
    // Nobody knows its class: it was run.
    while ((await adapter.status(jid("after"))) !== "retrying");

    await connections(replica.port, "mandate-lease", 1);
    expect(await client.call("ROLE")).toContain("master");
  });

  describe("with a client that somebody else made", () => {
    it("copies it, and leaves it as it is", TIMEOUT, async () => {
      const server = await start();
      const client = new Redis(server.url, {
        stringNumbers: true,
        enableAutoPipelining: true,
        db: 2,
      });
      onTestFinished(() => client.disconnect());
      const adapter = connect({ client });

      await assertWorks(adapter);
      await adapter.close();

      expect(client.status).toBe("ready");
      expect(await client.ping()).toBe("PONG");
      expect(await keysOf(server.port, 2)).not.toEqual([]);
    });

    it("does without one whose prefix it would not use", () => {
      const client = new Redis({ lazyConnect: true, keyPrefix: "app:" }) as unknown as RedisClient;
      const advice = 'Give it to RedisAdapter as "keyPrefix", and a client without one';

      expect(() => new RedisAdapter({ client })).toThrow(
        new ConfigurationError(
          `Cannot use a client of ioredis with the keyPrefix "app:": scripts get their keys without it. ${advice}`,
        ),
      );
      expect(() => new RedisAdapter({ redis: { keyPrefix: "app:" } })).toThrow(ConfigurationError);
    });

    it("does without one that reads from replicas", () => {
      const client = new Redis({
        lazyConnect: true,
        sentinels: [{ host: "127.0.0.1", port: 1 }],
        name: "jobs",
        role: "slave",
      }) as unknown as RedisClient;

      expect(() => new RedisAdapter({ client })).toThrow(
        new ConfigurationError(
          'Cannot use a client of ioredis with the role "slave": replicas take no jobs. ' +
            "Leave role out",
        ),
      );
    });

    it("does without one of a whole cluster", async () => {
      const { Cluster } = await import("ioredis");
      const client = new Cluster([{ host: "127.0.0.1", port: 1 }], { lazyConnect: true });
      onTestFinished(() => client.disconnect());

      expect(() => new RedisAdapter({ client: client as unknown as RedisClient })).toThrow(
        new ConfigurationError(
          "Cannot use ioredis's Cluster: all of a worker's keys are in one slot. Give the node that has it " +
            'as "url", and a keyPrefix with a hash tag, such as "{jobs}:"',
        ),
      );
    });
  });

  it("opens one connection for enqueueing, and four for a worker", TIMEOUT, async () => {
    const chaos = await Chaos.start();
    await chaos.works();
    await connections(chaos.server.port, "mandate-lease", 1);
    const list = (await chaos.redis("CLIENT", "LIST")) as string;
    const names = [...list.matchAll(/ name=(mandate\S*)/g)].map(([, name = ""]) => name);

    // The one that enqueues is another adapter's here.
    expect(names.toSorted((one, other) => one.localeCompare(other))).toEqual([
      "mandate",
      "mandate",
      "mandate-lease",
      "mandate-results",
      "mandate-watch",
      "mandate-worker",
    ]);
  });
});

async function start(options: readonly string[] = []): Promise<RedisServer> {
  const server = await RedisServer.start(options);
  onTestFinished(() => server.dispose());
  return server;
}

function connect(options: RedisOptions): RedisAdapter {
  const adapter = new RedisAdapter({ leaseThread: false, logger: new Log(), ...options });
  onTestFinished(() => adapter.close());
  return adapter;
}

async function directly(port: number, db = 0): Promise<Redis> {
  const client = new Redis(port, { db });
  onTestFinished(() => client.disconnect());
  return client;
}

async function keysOf(port: number, db = 0): Promise<string[]> {
  return (await directly(port, db)).keys("*");
}

/** Resolves once the server has so many connections of that name. */
async function connections(port: number, name: string, count: number): Promise<void> {
  const client = await directly(port);
  const has = async (): Promise<number> =>
    ((await client.client("LIST")) as string).split(` name=${name} `).length - 1;
  while ((await has()) !== count);
}

function entry(name: string): { jid: string; queue: string; payload: string } {
  return { jid: jid(name), queue: "default", payload: payloadOf(name) };
}

/** Every script runs, and a push is heard of. */
async function assertWorks(adapter: RedisAdapter): Promise<void> {
  const lease = await TestLease.open(adapter, { identity: "host:1:aaaaaaaaaaaa", ttl: 60 });
  await lease.hearsOfWork(() =>
    adapter.enqueue([entry("first"), { ...entry("second"), prereqs: [jid("first")] }]),
  );
  await adapter.enqueue([{ ...entry("later"), at: 4e9 }]);
  const first = await lease.fetchOne();
  await lease.settle(done(first));
  await adapter.releaseBlocked();
  await adapter.promoteDue();
  await adapter.recover();
  await adapter.sweep();
  await lease.renew();
  expect(await lease.fetchNames()).toEqual(["second"]);
  expect(await adapter.unfinished([jid("first"), jid("second"), jid("later")])).toHaveLength(2);
  expect(await adapter.store.clear({ set: "scheduled" })).toBe(1);
  await lease.close();
  expect(await adapter.status(jid("second"))).toBe("enqueued");
}

function makeCertificate(file: (name: string) => string): void {
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const out = ["-keyout", file("server.key"), "-out", file("server.crt")];
  const kind = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"];
  execFileSync("openssl", [...kind, ...subject, ...out], { stdio: "ignore" });
}
