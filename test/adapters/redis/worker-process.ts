import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { onTestFinished } from "vitest";
import { RedisAdapter } from "../../../src/adapters/redis/redis-adapter.ts";
import { silentLogger } from "../../../src/support/logger.ts";
import { typescript } from "../../repository/typescript/flags.ts";
import { RedisServer } from "../../support/redis-server.ts";

const program = fileURLToPath(new URL("../programs/worker.ts", import.meta.url));

/** A server, whoever enqueues, and workers in processes of their own. */
export class Processes {
  readonly server: RedisServer;
  readonly redis: Redis;
  readonly adapter: RedisAdapter;
  readonly #running = new Set<WorkerProcess>();
  readonly #waiting: Redis;

  static async start(options: readonly string[] = []): Promise<Processes> {
    const processes = new Processes(await RedisServer.start(options));
    onTestFinished(() => processes.dispose());
    return processes;
  }

  private constructor(server: RedisServer) {
    this.server = server;
    this.redis = new Redis(server.url);
    this.#waiting = new Redis(server.url);
    this.adapter = new RedisAdapter({ url: server.url, logger: silentLogger });
  }

  /** @param environment `LEASE_TTL`, `CONCURRENCY`. */
  async worker(environment: NodeJS.ProcessEnv = {}): Promise<WorkerProcess> {
    const worker = new WorkerProcess({ ...environment, REDIS_URL: this.server.url });
    this.#running.add(worker);
    await worker.said(/Worker started/);
    return worker;
  }

  /** @param busy Seconds that each computes. */
  async enqueue(names: readonly string[], busy = 0): Promise<void> {
    await this.adapter.enqueue(
      names.map((name, index) => {
        const jid = Buffer.from(name).toString("hex").padEnd(24, "0");
        const args = ["Note", name, busy];
        const record = { class: "MandateJob", args, queue: "default", jid, retry: true };
        return { jid, queue: "default", payload: JSON.stringify({ ...record, created_at: index }) };
      }),
    );
  }

  /** Names in order. "ran": those that came to their end. */
  list(key: "begun" | "ran"): Promise<string[]> {
    return this.redis.lrange(key, 0, -1);
  }

  /** Resolves when so many different jobs have begun, or run. */
  async until(key: "begun" | "ran", count: number): Promise<void> {
    const names = new Set<string>();
    for (let read = 0; names.size < count;) {
      const fresh = await this.redis.lrange(key, read, -1);
      read += fresh.length;
      fresh.forEach((name) => names.add(name));
      // Waits in Redis, for a list that nobody fills.
      await this.#waiting.blpop("nothing", 0.05);
    }
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#running].map((worker) => worker.kill()));
    this.redis.disconnect();
    this.#waiting.disconnect();
    await this.adapter.close();
    await this.server.dispose();
  }
}

/** One worker in a process of its own. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  #output = "";
  #onOutput: () => void = () => undefined;

  constructor(environment: NodeJS.ProcessEnv) {
    this.#child = spawn(process.execPath, [...typescript, program], {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on("data", (text: Buffer) => {
        this.#output += text.toString();
        this.#onOutput();
      });
    }
  }

  get output(): string {
    return this.#output;
  }

  /** Resolves once its output has that. */
  said(pattern: RegExp): Promise<void> {
    return new Promise((resolve) => {
      this.#onOutput = () => {
        if (pattern.test(this.#output)) {
          resolve();
        }
      };
      this.#onOutput();
    });
  }

  pause(): void {
    this.#child.kill("SIGSTOP");
  }

  resume(): void {
    this.#child.kill("SIGCONT");
  }

  /** Resolves when it is gone. */
  async kill(signal: "SIGKILL" | "SIGTERM" = "SIGKILL"): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, "exit");
      this.#child.kill(signal);
      await ended;
    }
  }
}
