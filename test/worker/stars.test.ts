import { describe, expect, it, onTestFinished } from "vitest";
import type { Adapter } from "../../src/adapters/adapter.ts";
import { RedisAdapter } from "../../src/adapters/redis/redis-adapter.ts";
import { silentLogger } from "../../src/support/logger.ts";
import { RedisServer } from "../support/redis-server.ts";
import { missing } from "../support/requires.ts";
import { memory, Rig, type RigOptions } from "./running.ts";

const engines: [string, () => Promise<Adapter>][] = [
  ["memory", async () => memory()],
  ["Redis", onRedis],
];

describe.each(engines)("a worker of queues with stars, on %s", (engine, adapter) => {
  const isMissing = engine === "Redis" && missing("redis");

  async function started(queues: RigOptions["queues"], concurrency = 10): Promise<Rig> {
    const options = { adapter: await adapter(), endsByItself: () => true, concurrency };
    return Rig.started({ ...options, ...(queues && { queues }) });
  }

  it.skipIf(isMissing)("finds a job of a queue that was not there before", async () => {
    const rig = await started(["default", "beta*"]);
    await rig.enqueue(["other"], { queue: "alpha" });

    for (const name of ["beta", "beta_1", "beta_2"]) {
      await rig.enqueue([name], { queue: name });
      await rig.until(() => rig.ended.includes(name));
    }

    // A batch is not handed over: the worker is woken.
    await rig.enqueue(["b1", "b2"], { queue: "beta_3" });
    await rig.until(() => rig.ended.length === 5);
    expect(await rig.waiting("alpha")).toEqual(["other"]);
  });

  it.skipIf(isMissing)("serves all others, where the star stands behind names", async () => {
    const rig = new Rig({
      adapter: await adapter(),
      endsByItself: () => true,
      queues: ["critical", "*", "bulk"],
      concurrency: 1,
    });
    await rig.enqueue(["bulk"], { queue: "bulk" });
    await rig.enqueue(["other"], { queue: "other" });
    await rig.enqueue(["critical"], { queue: "critical" });

    await rig.worker.drain();

    expect(rig.ended).toEqual(["critical", "other", "bulk"]);
  });

  it.skipIf(isMissing)("drains those that it serves, and no others", async () => {
    const rig = new Rig({
      adapter: await adapter(),
      endsByItself: () => true,
      queues: [
        ["beta*", 3],
        ["default", 1],
      ],
    });
    await rig.enqueue(["b"], { queue: "beta_1" });
    await rig.enqueue(["d"]);
    await rig.enqueue(["a"], { queue: "alpha" });

    await rig.worker.drain();

    expect(rig.ended.toSorted()).toEqual(["b", "d"]);
    expect(await rig.waiting("alpha")).toEqual(["a"]);
  });
});

async function onRedis(): Promise<Adapter> {
  const server = await RedisServer.start();
  onTestFinished(() => server.dispose());
  const adapter = new RedisAdapter({ url: server.url, logger: silentLogger });
  onTestFinished(() => adapter.close());
  return adapter;
}
