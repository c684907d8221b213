import { Redis } from "ioredis";
import { describe, expect, it } from "vitest";
import { AdapterError } from "../../../src/adapters/adapter-error.ts";
import { missing } from "../../support/requires.ts";
import { Chaos } from "./chaos.ts";

const TIMEOUT = { timeout: 60_000 };
/** A connection on which one command got no answer in time is given up, and so are the others that wait there. */
const TIMED_OUT = /Redis is unreachable, "(Command timed out|Connection is closed)/;
const DURABLE = ["--appendonly", "yes", "--appendfsync", "always"];

describe.skipIf(missing("redis"))("a worker goes on by itself", () => {
  it.each(["mandate", "mandate-worker", "mandate-watch", "mandate-lease"])(
    "after its connection %s was killed",
    TIMEOUT,
    async (name) => {
      const chaos = await Chaos.start();
      await chaos.works();

      for (let times = 0; times < 5; times += 1) {
        await kill(chaos, name);
        await chaos.works();
      }

      expect(await chaos.leftovers()).toEqual(["queues"]);
    },
  );

  it.each<readonly [string, readonly (readonly string[])[]]>([
    [
      "all at once",
      [
        ["TYPE", "normal"],
        ["TYPE", "pubsub"],
      ],
    ],
    [
      "the subscriber last",
      [
        ["TYPE", "pubsub"],
        ["TYPE", "normal"],
        ["TYPE", "pubsub"],
      ],
    ],
    ["those of workers", [["TYPE", "normal"]]],
    ["while they are dialled", Array.from({ length: 8 }, () => ["SKIPME", "yes"])],
  ])(
    "after its connections were killed, and says nothing of a state that is over: %s",
    TIMEOUT,
    async (_what, kills) => {
      const chaos = await Chaos.start();
      await chaos.works();

      for (let times = 0; times < 8; times += 1) {
        await killAll(chaos, kills);
        await chaos.works();
      }

      const clients = async (): Promise<string> => String(await chaos.redis("CLIENT", "LIST"));
      await expect.poll(clients, { timeout: 30_000 }).toMatch(/ name=mandate-worker .* redir=\d+/);
      expect(chaos.log.troubles.filter((line) => line.startsWith("Cannot hear"))).toEqual([]);
      expect(await chaos.leftovers()).toEqual(["queues"]);
    },
  );

  it("after CLIENT PAUSE for longer than answers are waited for", TIMEOUT, async () => {
    const chaos = await Chaos.start({ leaseTtl: 30, commandTimeout: 300 });

    await chaos.redis("CLIENT", "PAUSE", 3_000);
    const line = await chaos.log.line(/failed this worker/);
    await chaos.works();

    expect(line.message).toMatch(TIMED_OUT);
    await chaos.log.line(/^The redis store is back after/);
    expect(await chaos.leftovers()).toEqual(["queues"]);
  });

  it("after Redis was away while it had nothing to do, and says so", TIMEOUT, async () => {
    const chaos = await Chaos.start();
    await chaos.works();

    await chaos.server.kill();
    const away = await chaos.log.line(/failed this worker/);
    await chaos.server.run();
    const back = await chaos.log.line(/^The redis store is back after \d+\.\d s$/);

    expect(away.message).toMatch(
      /^The redis store failed this worker, which keeps trying: Cannot .*: Redis is unreachable, "/,
    );
    expect([away.level, back.level]).toEqual(["error", "info"]);
    await chaos.works();
  });

  it("after Redis stood still while it had nothing to do, and says so", TIMEOUT, async () => {
    const chaos = await Chaos.start();
    await chaos.works();

    chaos.server.pause();
    const away = await chaos.log.line(/failed this worker/);
    chaos.server.resume();
    await chaos.log.line(/^The redis store is back after/);

    expect(away.message).toContain("has not answered for 2 seconds");
    await chaos.works();
  });

  it("after Redis stood still for longer than answers are waited for", TIMEOUT, async () => {
    const chaos = await Chaos.start({ leaseTtl: 30, commandTimeout: 500 });
    await chaos.works();
    chaos.server.pause();
    const line = await chaos.log.line(/failed this worker/);

    chaos.server.resume();
    await chaos.works();

    expect(line.message).toMatch(TIMED_OUT);
    expect(await chaos.leftovers()).toEqual(["queues"]);
  });

  it("after its connections were half open", TIMEOUT, async () => {
    const chaos = await Chaos.start({ leaseTtl: 30, commandTimeout: 500 });
    chaos.proxy.silence();
    const names = await chaos.enqueue(3);
    const line = await chaos.log.line(/failed this worker/);

    chaos.proxy.mend();
    await chaos.ran(names);

    expect(line.message).toMatch(TIMED_OUT);
    expect(await chaos.leftovers()).toEqual(["queues"]);
  });

  it("after each of 50 restarts of Redis, half of them SIGKILL", { timeout: 180_000 }, async () => {
    const chaos = await Chaos.start({ server: DURABLE, enqueueTimeout: 30 });
    const names: string[] = [];

    for (let times = 0; times < 50; times += 1) {
      names.push(...(await chaos.enqueue(20)));
      await chaos.server.kill(times % 2 === 0 ? "SIGKILL" : "SIGTERM");
      await chaos.server.run();
      await chaos.works();
    }
    await chaos.ran(names);

    const told = chaos.log.troubles.join("\n");
    const again = names.filter((name) => chaos.runs.get(name) !== 1);
    expect({ again, told }).toEqual({ again: [], told });
    expect(await chaos.leftovers()).toEqual(["queues"]);
    expect(told).toContain("The redis store failed this worker");
  });

  it("after Redis came back without its data", TIMEOUT, async () => {
    const chaos = await Chaos.start();

    await chaos.server.kill();
    await chaos.server.run();
    await chaos.works();

    expect(chaos.log.troubles.join("\n")).toContain("its lease has ended");
    expect(await chaos.leftovers()).toEqual(["queues"]);
  });

  it(
    "while Redis's memory is full, and takes new jobs when there is room again",
    TIMEOUT,
    async () => {
      const chaos = await Chaos.start({ leaseTtl: 3 });
      await chaos.redis("SADD", "paused", "default");
      const names = await chaos.enqueue(50);
      await chaos.redis("CONFIG", "SET", "maxmemory", "100kb");
      await chaos.log.line(/^Redis takes no new jobs: its memory is full/);

      const refusal = await chaos.enqueue(1).catch((error: unknown) => error);
      await chaos.redis("SREM", "paused", "default");
      await chaos.ran(names);
      await chaos.redis("CONFIG", "SET", "maxmemory", "0");
      await chaos.log.line(/^Redis takes jobs again/);
      await chaos.works();

      expect(refusal).toBeInstanceOf(AdapterError);
      expect((refusal as AdapterError).message).toContain("Its memory is full");
      expect((refusal as AdapterError).maybeAccepted).toBe(false);
      expect(await chaos.leftovers()).toEqual(["queues"]);
    },
  );

  it("from its start on a Redis whose memory is full", TIMEOUT, async () => {
    const chaos = await Chaos.start({ maxmemory: "100kb" });

    await chaos.log.line(/^Redis takes no new jobs: its memory is full/);
    await chaos.redis("CONFIG", "SET", "maxmemory", "0");
    await chaos.works();

    expect(await chaos.leftovers()).toEqual(["queues"]);
  });

  it("after Redis was a replica for a while", TIMEOUT, async () => {
    const chaos = await Chaos.start({ leaseTtl: 3 });
    await chaos.redis("REPLICAOF", "127.0.0.1", 1);
    const line = await chaos.log.line(/failed this worker/);

    await chaos.redis("REPLICAOF", "NO", "ONE");
    await chaos.works();

    expect(line.message).toContain("It is a replica");
    expect(await chaos.leftovers()).toEqual(["queues"]);
  });

  it("after SCRIPT FLUSH, which loses nothing", TIMEOUT, async () => {
    const chaos = await Chaos.start();
    const names: string[] = [];

    for (let times = 0; times < 20; times += 1) {
      const batch = await chaos.enqueue(20);
      await chaos.redis("SCRIPT", "FLUSH");
      names.push(...batch);
    }
    await chaos.ran(names);

    expect(names.filter((name) => chaos.runs.get(name) !== 1)).toEqual([]);
    expect(chaos.log.troubles).toEqual([]);
  });

  it("by looking each second where Redis does not tell of changes", TIMEOUT, async () => {
    const chaos = await Chaos.start({ acl: ["-client|tracking", "-info"] });

    await chaos.works();
    await chaos.works();

    expect(chaos.log.troubles).toEqual([
      expect.stringMatching(/^Cannot hear of work from Redis, and look for it each second instead/),
    ]);
  });

  it("and hears of changes again once it may, without a new connection", TIMEOUT, async () => {
    const chaos = await Chaos.start({ acl: ["-client|tracking"] });
    await chaos.works();

    await chaos.redis("ACL", "SETUSER", "default", "+client|tracking");

    const clients = async (): Promise<string> => String(await chaos.redis("CLIENT", "LIST"));
    const hears = / name=mandate-worker .* redir=\d+/;
    await expect.poll(clients, { timeout: 30_000 }).toMatch(hears);
    await chaos.works();
  });
});

/** As soon as there is such a connection. */
async function kill(chaos: Chaos, name: string): Promise<void> {
  for (;;) {
    const list = (await chaos.redis("CLIENT", "LIST")) as string;
    const line = list.split("\n").find((each) => each.includes(` name=${name} `));
    const [, id] = /^id=(\d+)/.exec(line ?? "") ?? [];
    if (id !== undefined) {
      await chaos.redis("CLIENT", "KILL", "ID", id);
      return;
    }
  }
}

/** One right after the other, on one connection. */
async function killAll(chaos: Chaos, kills: readonly (readonly string[])[]): Promise<void> {
  const client = new Redis(chaos.server.port);
  try {
    await Promise.all(kills.map((which) => client.call("CLIENT", "KILL", ...which)));
  } finally {
    client.disconnect();
  }
}
