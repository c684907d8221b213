// What workers cost that have nothing to do: Redis commands a second, and CPU time, each. Scripts' own commands are counted.
// Run: npx tsx bench/redis-idle.ts [--workers 10] [--seconds 30]
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { configure, silentLogger } from "../src/index.ts";
import { RedisAdapter } from "../src/redis.ts";
import { startWorker } from "../src/worker.ts";
import { RedisServer } from "../test/support/redis-server.ts";

const { values } = parseArgs({
  options: {
    workers: { type: "string", default: "10" },
    seconds: { type: "string", default: "30" },
    url: { type: "string" },
  },
});

if (values.url === undefined) {
  await measure(Number(values.workers), Number(values.seconds));
} else {
  await work(values.url);
}

async function work(url: string): Promise<void> {
  const adapter = new RedisAdapter({ url, logger: silentLogger });
  configure({ adapter, logger: silentLogger });
  await startWorker();
  process.on("message", () => process.send?.(process.cpuUsage()));
  process.send?.("started");
}

async function measure(workers: number, seconds: number): Promise<void> {
  const server = await RedisServer.start();
  const redis = new Redis(server.url);
  const children = Array.from({ length: workers }, () =>
    fork(fileURLToPath(import.meta.url), ["--url", server.url]),
  );
  try {
    await Promise.all(children.map((child) => once(child, "message")));
    // What starting costs is none of it.
    await sleep(5_000);
    const before = await reading(redis, children);
    await sleep(seconds * 1000);
    const after = await reading(redis, children);
    const used = after.cpu.map((cpu, at) => (cpu - (before.cpu[at] ?? 0)) / 1e6 / seconds);
    console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, ${seconds} s\n`);
    console.table({
      workers,
      "commands per second, each": ((after.commands - before.commands) / seconds / workers).toFixed(
        2,
      ),
      "CPU of a worker, mean": percent(used.reduce((sum, one) => sum + one, 0) / workers),
      "CPU of a worker, most": percent(Math.max(...used)),
      "CPU of Redis": percent((after.redis - before.redis) / seconds),
      "connections, each": ((after.connections - 1) / workers).toFixed(1),
    });
  } finally {
    await Promise.all(
      children.map(async (child) => {
        const ended = once(child, "exit");
        child.kill("SIGKILL");
        await ended;
      }),
    );
    redis.disconnect();
    await server.dispose();
  }
}

interface Reading {
  readonly commands: number;
  readonly connections: number;
  /** Seconds. */
  readonly redis: number;
  /** Microseconds of each worker. */
  readonly cpu: readonly number[];
}

async function reading(redis: Redis, children: readonly ChildProcess[]): Promise<Reading> {
  const cpu = await Promise.all(
    children.map(async (child) => {
      const answer = once(child, "message");
      child.send("how much?");
      const [{ user, system }] = (await answer) as [NodeJS.CpuUsage];
      return user + system;
    }),
  );
  const info = await redis.info();
  const field = (name: string): number =>
    Number(new RegExp(`^${name}:([\\d.]+)`, "m").exec(info)?.[1] ?? NaN);
  return {
    commands: field("total_commands_processed"),
    connections: field("connected_clients"),
    redis: field("used_cpu_user") + field("used_cpu_sys"),
    cpu,
  };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
