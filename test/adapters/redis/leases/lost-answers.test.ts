import { Command, configure, deferAll } from "mandate";
import { RedisAdapter } from "mandate/redis";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { Redis } from "ioredis";
import type { Entry } from "../../../../src/adapters/adapter.ts";
import { newJid } from "../../../../src/support/jid.ts";
import { silentLogger } from "../../../../src/support/logger.ts";
import { RedisServer } from "../../../support/redis-server.ts";
import { missing } from "../../../support/requires.ts";
import { done, jid as jidOf, payloadOf } from "../../../../src/adapter-contract/jobs.ts";
import { TestLease } from "../../../../src/adapter-contract/test-lease.ts";

/** Seconds for which `enqueue` is tried. */
const PATIENCE = 0.3;

describe.skipIf(missing("redis"))("a job whose acceptance was not heard of", () => {
  let server: RedisServer;
  let redis: Redis;
  let proxy: Line;

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = new Redis(server.url);
  });

  beforeEach(async () => {
    // A script that the server does not know is not run where its answer is lost.
    const adapter = new RedisAdapter({ url: server.url, logger: silentLogger });
    await adapter.enqueue([entry()]);
    await adapter.enqueue([entry(), entry()]);
    await adapter.enqueue([entry({ remembered: true })]);
    await adapter.close();
    await redis.flushall();
    proxy = await Line.start(server.port);
    onTestFinished(() => proxy.close());
  });

  afterAll(async () => {
    redis.disconnect();
    await server.dispose();
  });

  it("is no second one where it is tried again with its own jid, once it is over", async () => {
    const adapter = await away();
    const charge = entry({ remembered: true });
    await expect(adapter.enqueue([charge], PATIENCE)).rejects.toMatchObject({
      maybeAccepted: true,
      accepted: [],
    });
    expect(await work()).toEqual([charge.jid]);

    proxy.mend();
    await adapter.enqueue([charge]);
    await connected().enqueue([charge]);

    expect(await work()).toEqual([]);
  });

  it("is no second one where its jid was made here, and it is tried again at once", async () => {
    const adapter = await away();
    const charge = entry();
    await expect(adapter.enqueue([charge], PATIENCE)).rejects.toThrow("Cannot enqueue");
    expect(await work()).toEqual([charge.jid]);

    proxy.mend();
    await redis.script("FLUSH");
    await adapter.enqueue([charge, entry({ jid: "b" })]);

    expect(await work()).toEqual(["b"]);
  });

  it("is no second one where it is tried again much later, by whoever knows its jid", async () => {
    const adapter = await away();
    const charge = entry();
    await expect(adapter.enqueue([charge], PATIENCE)).rejects.toThrow("Cannot enqueue");
    proxy.mend();
    await expect
      .poll(() => redis.smembers("mandate:named"), { timeout: 10_000 })
      .toEqual([charge.jid]);
    expect(await work()).toEqual([charge.jid]);

    const callers = Array.from({ length: 8 }, () => connected());
    await Promise.all(callers.map((each) => each.enqueue([{ ...charge, remembered: true }])));

    expect(await work()).toEqual([]);
    expect(await redis.keys("mandate:named")).toEqual([]);
    expect(await redis.ttl("mandate:over")).toBeGreaterThan(590);
  });

  it("is none where Redis never had it, though a copy comes after it was tried again", async () => {
    const adapter = connected(proxy.url);
    await adapter.enqueue([entry({ jid: "first" })]);
    proxy.hold();
    const charge = entry();
    await expect(adapter.enqueue([charge], PATIENCE)).rejects.toMatchObject({
      maybeAccepted: true,
    });
    expect(await work()).toEqual(["first"]);

    proxy.mend();
    await adapter.enqueue([charge]);
    expect(await work()).toEqual([charge.jid]);
    await proxy.deliver();

    expect(await work()).toEqual([]);
  });

  it("is one of many, each of which is there once, in whichever slice it was", async () => {
    const adapter = connected(proxy.url);
    const entries = Array.from({ length: 2_500 }, () => entry());
    proxy.deafenAfter(1);
    await expect(adapter.enqueue(entries, 2)).rejects.toMatchObject({ maybeAccepted: true });
    const before = await work();
    expect(before.length).toBeGreaterThan(0);
    expect(before.length).toBeLessThan(2_500);

    proxy.mend();
    await adapter.enqueue(entries);

    expect([...before, ...(await work())].toSorted()).toEqual(
      entries.map(({ jid }) => jid).toSorted(),
    );
  });

  it("may be there still where Redis is away when it is tried again", async () => {
    const adapter = await away();
    const charge = entry();
    await expect(adapter.enqueue([charge], PATIENCE)).rejects.toThrow("Cannot enqueue");

    await expect(adapter.enqueue([charge], PATIENCE)).rejects.toMatchObject({
      name: "AdapterError",
      maybeAccepted: true,
    });
  });

  it("is no second one where commands are deferred anew, alone or with others", async () => {
    class Charge extends Command.initializeWith((cents: number) => ({ cents })) {
      call(): void {}
    }
    const adapter = await away();
    configure({ adapter, logger: silentLogger, enqueueTimeout: PATIENCE });
    onTestFinished(() => configure({ enqueueTimeout: 5 }));
    const prepared = Charge.prepare(1);
    await expect(deferAll([prepared])).rejects.toMatchObject({ maybeAccepted: true });
    const jid = "order-5";
    await expect(Charge.set({ jid }).defer(2)).rejects.toMatchObject({ maybeAccepted: true });
    expect((await work()).toSorted()).toEqual([prepared.id, jid].toSorted());

    proxy.mend();
    configure({ enqueueTimeout: 5 });
    await deferAll([prepared, Charge.prepare(3)]);
    const again = await Charge.set({ jid }).defer(2);

    expect(again.id).toBe(jid);
    expect(await work()).toHaveLength(1);
  });

  it("is remembered for nothing where the answer came", async () => {
    const adapter = connected(proxy.url);
    await adapter.enqueue([entry(), entry()]);
    await work();

    expect((await redis.keys("mandate:*")).filter((key) => /named|over|ends/.test(key))).toEqual(
      [],
    );
  });

  /** An adapter whose commands arrive, and whose answers do not. */
  async function away(): Promise<RedisAdapter> {
    const adapter = connected(proxy.url);
    await adapter.status("any");
    proxy.deafenAfter(0);
    return adapter;
  }

  function connected(url = server.url): RedisAdapter {
    const redis = { port: Number(new URL(url).port), commandTimeout: 500 };
    const adapter = new RedisAdapter({ redis, leaseThread: false, logger: silentLogger });
    onTestFinished(() => adapter.close());
    return adapter;
  }

  /** Runs all there is. @returns their jids. */
  async function work(): Promise<string[]> {
    const adapter = connected();
    const lease = await TestLease.open(adapter, {
      identity: `host:1:${newJid().slice(0, 12)}`,
      ttl: 60,
    });
    const jobs = await lease.fetch(5_000);
    await lease.settle(...jobs.map((job) => ({ ...done(job), jid: jidIn(job.payload) })));
    await lease.close();
    return jobs.map(({ payload }) => jidIn(payload));
  }
});

function jidIn(payload: string): string {
  return (JSON.parse(payload) as { jid: string }).jid;
}

function entry({ jid = newJid(), remembered = false }: Partial<Entry> = {}): Entry {
  const payload = payloadOf("a").replace(jidOf("a"), jid);
  return { jid, queue: "default", payload, ...(remembered ? { remembered } : {}) };
}

/** A line to Redis on which answers are lost, or commands are held up. */
class Line {
  readonly #server = createServer((client) => this.#join(client));
  readonly #sockets = new Set<Socket>();
  readonly #held: (readonly [server: Socket, data: Buffer])[] = [];
  readonly #holding = new Set<Socket>();
  #heard = Infinity;
  #isHolding = false;

  static async start(port: number): Promise<Line> {
    const line = new Line(port);
    await new Promise<void>((resolve) => line.#server.listen(0, "127.0.0.1", resolve));
    return line;
  }

  readonly #port: number;

  private constructor(port: number) {
    this.#port = port;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** So many more answers to scripts arrive, then none. */
  deafenAfter(answers: number): void {
    this.#heard = answers;
  }

  /** What is sent from now on waits on its way. */
  hold(): void {
    this.#isHolding = true;
  }

  /** Answers arrive again; on a connection of which something was held nothing does any more. */
  mend(): void {
    this.#isHolding = false;
    this.#holding.forEach((client) => client.destroy());
    this.#heard = Infinity;
  }

  /** What was held arrives at last, though its sender is gone. */
  async deliver(): Promise<void> {
    for (const [server, data] of this.#held.splice(0)) {
      await new Promise<void>((resolve) => {
        server.once("data", () => resolve());
        server.write(data);
      });
    }
  }

  async close(): Promise<void> {
    this.#sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: Socket): void {
    const server = connect(this.#port, "127.0.0.1");
    let isDeaf = false;
    client.on("data", (data) => {
      if (this.#isHolding) {
        this.#held.push([server, data]);
        this.#holding.add(client);
        return;
      }
      if (data.includes("EVALSHA") && this.#heard !== Infinity) {
        isDeaf ||= this.#heard <= 0;
        this.#heard -= 1;
      }
      server.write(data);
    });
    server.on("data", (data) => isDeaf || client.write(data));
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on("error", () => socket.destroy());
    }
    server.on("close", () => client.destroy());
  }
}
