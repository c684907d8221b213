import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A redis-server on a free port, with a directory of its own that goes when it goes. */
export class RedisServer {
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #dispose: () => void;

  private constructor(redis: ChildProcess, port: number, directory: string) {
    this.url = `redis://127.0.0.1:${port}`;
    this.#process = redis;
    this.#dispose = () => {
      redis.kill("SIGKILL");
      rmSync(directory, { recursive: true, force: true });
    };
    process.once("exit", this.#dispose);
  }

  /** Resolves once it takes connections. */
  static async start(): Promise<RedisServer> {
    const port = await freePort();
    const directory = await mkdtemp(join(tmpdir(), "academy-redis-"));
    const options = ["--port", String(port), "--bind", "127.0.0.1", "--dir", directory];
    const redis = spawn("redis-server", [...options, "--save", ""], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const server = new RedisServer(redis, port, directory);
    const failed = once(redis, "error").then(([error]) => {
      const why = (error as Error).message;
      throw new Error(`Cannot start redis-server: ${why}. Run "npm run setup"`, { cause: error });
    });
    await Promise.race([server.#isReady(), failed]);
    return server;
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, "exit");
    process.off("exit", this.#dispose);
    this.#dispose();
    await ended;
  }

  async #isReady(): Promise<void> {
    const lines = createInterface({ input: this.#process.stdout ?? process.stdin });
    let last = "";
    for await (last of lines) {
      if (last.includes("Ready to accept connections")) return;
    }
    throw new Error(`Cannot start redis-server: it ended, saying "${last}"`);
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  await once(probe.close(), "close");
  return port;
}
