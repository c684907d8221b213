import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { freePort } from "./redis-server.ts";

/** A real Redis Sentinel that watches one master, which it calls "jobs". */
export class RedisSentinel {
  readonly port: number;
  readonly #directory: string;
  readonly #process: ChildProcess;

  /** Resolves when it knows the master's replica. */
  static async start(masterPort: number): Promise<RedisSentinel> {
    const port = await freePort();
    const directory = await mkdtemp(join(tmpdir(), "mandate-sentinel-"));
    const file = join(directory, "sentinel.conf");
    const lines = [
      `port ${port}`,
      `dir ${directory}`,
      `sentinel monitor jobs 127.0.0.1 ${masterPort} 1`,
      "sentinel down-after-milliseconds jobs 300",
      "sentinel failover-timeout jobs 2000",
    ];
    await writeFile(file, lines.join("\n"));
    const started = spawn("redis-server", [file, "--sentinel"], { stdio: "ignore" });
    const sentinel = new RedisSentinel(port, directory, started);
    await sentinel.#knowsReplica();
    return sentinel;
  }

  private constructor(port: number, directory: string, started: ChildProcess) {
    this.port = port;
    this.#directory = directory;
    this.#process = started;
  }

  async dispose(): Promise<void> {
    if (this.#process.exitCode === null) {
      const ended = once(this.#process, "exit");
      this.#process.kill("SIGKILL");
      await ended;
    }
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #knowsReplica(): Promise<void> {
    const client = new Redis(this.port, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
    client.on("error", () => undefined);
    try {
      for (;;) {
        const replicas = (await client.call("SENTINEL", "REPLICAS", "jobs")) as unknown[];
        if (replicas.length > 0) {
          return;
        }
      }
    } finally {
      client.disconnect();
    }
  }
}
