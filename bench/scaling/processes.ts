import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import type { PreparedJob } from "../../src/index.ts";

const program = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const app = fileURLToPath(new URL("app.mjs", import.meta.url));
const library = (name: string): string => new URL(`../../dist/${name}.js`, import.meta.url).href;

interface Preparing {
  prepare(...args: readonly number[]): PreparedJob;
}

export interface WorkOff {
  readonly url: string;
  readonly processes: number;
  readonly jobs: number;
  /** Of computing, in each job. 0: it does nothing. */
  readonly microseconds: number;
}

/**
 * Lets `mandate worker --processes N` work off jobs that wait in a paused queue.
 *
 * @returns seconds from the moment at which the queue goes on to the last job's end.
 */
export async function workOff({ url, processes, jobs, microseconds }: WorkOff): Promise<number> {
  const {
    configure,
    deferAll,
    processes: workers,
    queue,
  } = (await import(library("index"))) as typeof import("../../src/index.ts");
  const { RedisAdapter } = (await import(library("redis"))) as typeof import("../../src/redis.ts");
  const { Noop, Compute } = (await import(app)) as Readonly<Record<"Noop" | "Compute", Preparing>>;
  const adapter = new RedisAdapter({ url });
  configure({ adapter });
  await queue("default").pause();
  for (let first = 0; first < jobs; first += 1000) {
    const ids = Array.from({ length: Math.min(1000, jobs - first) }, (_, at) => first + at);
    const prepare = (id: number): PreparedJob =>
      microseconds === 0 ? Noop.prepare(id) : Compute.prepare(id, microseconds);
    await deferAll(ids.map(prepare));
  }
  const args = ["worker", "-r", app, "-c", "10", "--processes", String(processes)];
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, REDIS_URL: url },
    stdio: "ignore",
  });
  while ((await workers()).length < processes) await sleep(50);
  const before = (await adapter.store.counters()).processed;
  const began = performance.now();
  await queue("default").resume();
  while ((await adapter.store.counters()).processed - before < jobs) await sleep(5);
  const seconds = (performance.now() - began) / 1000;
  child.kill("SIGTERM");
  await once(child, "exit");
  await adapter.close();
  return seconds;
}
