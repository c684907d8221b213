import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A real redis-server on a free port, with a directory of its own. */
export class RedisServer {
  readonly port: number;
  readonly directory: string;
  readonly #options: readonly string[];
  #process: ChildProcess | undefined;

  /** @param options As on its command line: `["--appendonly", "yes"]`. */
  static async start(options: readonly string[] = []): Promise<RedisServer> {
    const server = new RedisServer(
      await freePort(),
      await mkdtemp(join(tmpdir(), "mandate-redis-")),
      options,
    );
    await server.run();
    return server;
  }

  private constructor(port: number, directory: string, options: readonly string[]) {
    this.port = port;
    this.directory = directory;
    this.#options = options;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it, again after `kill`: with its data if it kept them. Resolves when it answers. */
  async run(): Promise<void> {
    const fixed = ["--port", String(this.port), "--dir", this.directory, "--save", ""];
    this.#process = spawn("redis-server", [...fixed, ...this.#options], { stdio: "ignore" });
    while (!(await this.#answers())) {
      if (this.#process.exitCode !== null) {
        throw new Error(`redis-server ended with code ${this.#process.exitCode}`);
      }
    }
  }

  /** Ends it: SIGTERM saves and says goodbye, SIGKILL does not. */
  async kill(signal: "SIGTERM" | "SIGKILL" = "SIGKILL"): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (running !== undefined && running.exitCode === null && running.signalCode === null) {
      const ended = once(running, "exit");
      running.kill(signal);
      await ended;
    }
  }

  /** Stands still, as a machine that is overloaded. */
  pause(): void {
    this.#process?.kill("SIGSTOP");
  }

  resume(): void {
    this.#process?.kill("SIGCONT");
  }

  async dispose(): Promise<void> {
    this.resume();
    await this.kill();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** Whether it answers, and has read what it kept. */
  async #answers(): Promise<boolean> {
    const socket = connect(this.port, "127.0.0.1");
    try {
      await once(socket, "connect");
      socket.write("PING\r\n");
      const [answer] = (await once(socket, "data")) as [Buffer];
      return answer.toString().startsWith("+PONG");
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
