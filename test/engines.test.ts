import { readFileSync } from "node:fs";
import { Redis } from "ioredis";
import {
  AdapterError,
  Command,
  configure,
  MemoryAdapter,
  quietProcess,
  UnstableNameError,
} from "mandate";
import { RedisAdapter } from "mandate/redis";
import { Worker } from "mandate/worker";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Adapter, Entry, Lease, LeaseOptions } from "../src/adapters/adapter.ts";
import { runJob } from "../src/job/run/run.ts";
import { clock } from "../src/support/clock.ts";
import { silentLogger } from "../src/support/logger.ts";
import { jid, namesOf, payloadOf, withPriority } from "../src/adapter-contract/jobs.ts";
import { run } from "./cli/commands/recording-terminal.ts";
import { RedisServer } from "./support/redis-server.ts";
import { missing } from "./support/requires.ts";
import { Log } from "./worker/log.ts";

class e extends Command {
  call(): void {}
}

/** Each line of the table in docs/engines.md by its first column. */
const lines: Readonly<Record<string, () => Promise<void>>> = {
  "where jobs are": async () => {
    expect([memory.capabilities.persistent, redis.capabilities.persistent]).toEqual([false, true]);
    await redis.enqueue([entryOf("a")]);
    await redis.close();
    expect(await openRedis().store.size({ queue: "default" })).toBe(1);
  },

  "who defers and who works": async () => {
    await memory.enqueue([entryOf("a")]);
    await redis.enqueue([entryOf("a")]);

    expect(await openMemory().store.size({ queue: "default" })).toBe(0);
    expect(await client.llen("queue:default")).toBe(1);
  },

  "`defer`": async () => {
    const away = new RedisAdapter({ url: "redis://127.0.0.1:1", logger: silentLogger });
    onTestFinished(() => away.close());

    await memory.enqueue([entryOf("a")]);
    await expect(away.enqueue([entryOf("a")], 0.2)).rejects.toThrow(AdapterError);
  },

  "`deferAll`": async () => {
    const entries = Array.from({ length: 2_500 }, (_, index) => entryOf(`job${index}`));
    const before = await scriptsRun();
    await redis.enqueue(entries);
    expect((await scriptsRun()) - before).toBeGreaterThanOrEqual(3);

    const accepting = memory.enqueue(entries);
    expect(await memory.store.size({ queue: "default" })).toBe(2_500);
    await accepting;
  },

  priority: async () => {
    for (const adapter of [memory, redis]) {
      const payload = withPriority(payloadOf("urgent"), -5);
      await adapter.enqueue([entryOf("usual"), { ...entryOf("urgent"), payload, priority: -5 }]);
      if (adapter === redis) {
        expect(await client.llen("queue:default")).toBe(2);
      }
      const lease = await leaseOf(adapter);
      const { jobs } = await lease.exchange([], { queues: ["default"], limit: 2 });
      expect(namesOf(jobs)).toEqual(["urgent", "usual"]);
    }
  },

  "a class name that a build made": async () => {
    const log = new Log();
    configure({ adapter: memory, logger: log });
    await e.defer();
    configure({ adapter: redis });

    expect(log.troubles).toEqual([
      expect.stringMatching(/^It looks as if a minifier or a bundler made the name "e"/),
    ]);
    await expect(e.defer()).rejects.toThrow(UnstableNameError);
  },

  "a job whose class a worker does not know": async () => {
    const kinds: string[] = [];
    for (const adapter of [memory, redis]) {
      const now = (await adapter.store.now()) - 1;
      const payload = `{"class":"Nobody","args":[],"queue":"default","jid":"${"4".repeat(24)}","created_at":${now}}`;
      const outcome = await runJob(
        { queue: "default", payload, recoveries: 0 },
        {
          adapter,
          logger: silentLogger,
          signal: new AbortController().signal,
          errorHandlers: [],
          deathHandlers: [],
          startedAt: now,
        },
      );
      kinds.push(outcome.kind);
    }

    expect(kinds).toEqual(["retry", "requeue"]);
  },

  "a worker that is silent": async () => {
    const asked: number[] = [];
    for (const adapter of [memory, redis]) {
      const lease = vi.spyOn(adapter, "lease");
      const worker = new Worker({ adapter, logger: silentLogger });
      await worker.start();
      await worker.stop();
      asked.push(...lease.mock.calls.map(([{ ttl }]) => ttl));
    }

    expect(asked).toEqual([Infinity, 60]);
  },

  "the time": async () => {
    vi.spyOn(clock, "now").mockReturnValue(5);

    expect(await memory.store.now()).toBe(5);
    expect(await redis.store.now()).toBeGreaterThan(1_700_000_000);
  },

  "what `processes()` says of a worker": async () => {
    const state = { quiet: false, busy: 0 };
    const leases: Lease[] = [];
    for (const adapter of [memory, redis]) {
      leases.push(await leaseOf(adapter, { state: () => state }));
    }
    await leases[1]?.renew();
    state.busy = 3;

    expect(await memory.store.workers()).toMatchObject([{ busy: 3 }]);
    expect(await redis.store.workers()).toMatchObject([{ busy: 0 }]);
    await leases[1]?.renew();
    expect(await redis.store.workers()).toMatchObject([{ busy: 3 }]);
  },

  "`quietProcess`, `stopProcess`": async () => {
    const heard: string[] = [];
    const here = await leaseOf(memory, { onSignal: (name) => heard.push(`memory ${name}`) });
    const there = await leaseOf(redis, { onSignal: (name) => heard.push(`redis ${name}`) });

    expect(await quietProcess(here.identity, memory)).toBe(true);
    expect(await quietProcess(there.identity, redis)).toBe(true);
    expect(heard).toEqual(["memory TSTP"]);
    await there.renew();
    expect(heard).toEqual(["memory TSTP", "redis TSTP"]);
  },

  "`cancel` of a running job": async () => {
    const heard: string[] = [];
    for (const [name, adapter] of [
      ["memory", memory],
      ["redis", redis],
    ] as const) {
      const lease = await leaseOf(adapter, { onCancel: () => heard.push(name) });
      await adapter.enqueue([entryOf("a")]);
      await lease.exchange([], { queues: ["default"], limit: 1 });
      await adapter.store.cancel(entryOf("a").jid);
      if (adapter === memory) {
        expect(heard).toEqual(["memory"]);
      }
    }
    await expect.poll(() => heard).toContain("redis");
  },

  "the program's commands, such as `mandate stats`": async () => {
    configure({ adapter: memory });

    expect(await run(["stats"])).toMatchObject({
      exit: 2,
      notes: [
        "mandate: Cannot tell where the jobs are: none was named. Give --url, or set MANDATE_URL or REDIS_URL",
      ],
    });
    expect(await run(["stats", "--redis-url", server.url])).toMatchObject({ exit: 0 });
  },

  "what a waiting job takes": async () => {
    const before = await usedMemory();
    const entries = Array.from({ length: 1_000 }, (_, index) => entryOf(`job${index}`));
    await redis.enqueue(entries);

    const own = (await usedMemory()) - before;
    const json = entries.reduce((sum, { payload }) => sum + payload.length, 0);
    expect((own - json) / 1_000).toBeLessThan(200);
  },
};

let server: RedisServer;
let client: Redis;
let memory: MemoryAdapter;
let redis: RedisAdapter;
const opened: Adapter[] = [];

describe("docs/engines.md", () => {
  it("has the lines that are held here", () => {
    const text = readFileSync(new URL("../docs/engines.md", import.meta.url), "utf8");
    const [, , ...rows] = text.split("\n").filter((line) => line.startsWith("|"));

    expect(rows.map((row) => row.split("|")[1]?.trim())).toEqual(Object.keys(lines));
  });
});

describe.skipIf(missing("redis"))("memory and Redis differ in", () => {
  beforeAll(async () => {
    server = await RedisServer.start();
    client = new Redis(server.url);
  });
  afterAll(async () => {
    client?.disconnect();
    await server?.dispose();
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await Promise.all(opened.splice(0).map((adapter) => adapter.close()));
  });

  it.each(Object.entries(lines))("%s", async (_name, hold) => {
    expect.hasAssertions();
    await client.flushall();
    memory = openMemory();
    redis = openRedis();

    await hold();
  });
});

function openMemory(): MemoryAdapter {
  const adapter = new MemoryAdapter({ logger: silentLogger });
  opened.push(adapter);
  return adapter;
}

function openRedis(): RedisAdapter {
  const adapter = new RedisAdapter({ url: server.url, logger: silentLogger, leaseThread: false });
  opened.push(adapter);
  return adapter;
}

function entryOf(name: string): Entry {
  return { jid: jid(name), queue: "default", payload: payloadOf(name) };
}

let leases = 0;

async function leaseOf(adapter: Adapter, options: Partial<LeaseOptions> = {}): Promise<Lease> {
  leases += 1;
  const lease = await adapter.lease({
    identity: `host:${process.pid}:${leases}`,
    ttl: 60,
    info: {
      hostname: "host",
      pid: process.pid,
      tag: "",
      startedAt: 1_700_000_000.5,
      concurrency: 5,
      queues: [["default", 0]],
    },
    state: () => ({ quiet: false, busy: 0 }),
    onWork: () => undefined,
    onDue: () => undefined,
    ...options,
  });
  onTestFinished(() => lease.close());
  return lease;
}

/** How many scripts Redis has run. */
async function scriptsRun(): Promise<number> {
  const stats = await client.info("commandstats");
  const counts = [...stats.matchAll(/^cmdstat_eval(?:sha)?:calls=(\d+)/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

async function usedMemory(): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await client.info("memory"))?.[1]);
}
