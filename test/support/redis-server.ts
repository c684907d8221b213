import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { globSync } from "tinyglobby";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Loaded into a program, it changes what the program takes for the time. Undefined where it is not installed. */
const [fakeTime] = globSync("/usr/{lib,lib64,lib/*}/faketime/libfaketimeMT.so.1", {
  absolute: true,
});

/** A real redis-server on a free port, with a directory of its own. */
export class RedisServer {
  readonly port: number;
  readonly directory: string;
  readonly #options: readonly string[];
  readonly #isFake: boolean;
  #process: ChildProcess | undefined;
  #ahead = 0;

  /**
   * @param options As on its command line: `["--appendonly", "yes"]`.
   * @param clock `settableClock`: `elapse` sets the clock where it can. The server is slower then.
   */
  static async start(
    options: readonly string[] = [],
    { settableClock = false }: { readonly settableClock?: boolean } = {},
  ): Promise<RedisServer> {
    const directory = await mkdtemp(join(tmpdir(), "mandate-redis-"));
    const isFake = settableClock && RedisServer.canSetClock;
    const server = new RedisServer(await freePort(), directory, { options, isFake });
    await server.run();
    return server;
  }

  private constructor(
    port: number,
    directory: string,
    { options, isFake }: { readonly options: readonly string[]; readonly isFake: boolean },
  ) {
    this.port = port;
    this.directory = directory;
    this.#options = options;
    this.#isFake = isFake;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Whether `elapse` can set the clock of a server, and need not wait. */
  static readonly canSetClock: boolean = fakeTime !== undefined;

  /** Seconds that tell two moments apart: short ones, where they have to be waited for. */
  get tick(): number {
    return this.#isFake ? 10 : 0.15;
  }

  /** Lets time pass by the server's clock. */
  async elapse(seconds: number): Promise<void> {
    if (!this.#isFake) {
      return sleep(seconds * 1000);
    }
    this.#ahead += seconds;
    await this.#setClock();
  }

  /** Starts it, again after `kill`: with its data if it kept them. Resolves when it answers. */
  async run(): Promise<void> {
    const fixed = ["--port", String(this.port), "--dir", this.directory, "--save", ""];
    await this.#setClock();
    this.#process = spawn("redis-server", [...fixed, ...this.#options], {
      stdio: "ignore",
      env: { ...process.env, ...this.#clockEnvironment() },
    });
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

  #clockEnvironment(): NodeJS.ProcessEnv {
    return !this.#isFake || fakeTime === undefined
      ? {}
      : {
          // libc before jemalloc, which asks for the time while libfaketime still starts.
          LD_PRELOAD: `${fakeTime} libc.so.6`,
          FAKETIME_TIMESTAMP_FILE: this.#clockFile,
          FAKETIME_NO_CACHE: "1",
          FAKETIME_DONT_FAKE_MONOTONIC: "1",
        };
  }

  /** In one step: the server reads it all the time. */
  async #setClock(): Promise<void> {
    await writeFile(`${this.#clockFile}.new`, `+${this.#ahead.toFixed(6)}\n`);
    await rename(`${this.#clockFile}.new`, this.#clockFile);
  }

  get #clockFile(): string {
    return join(this.directory, "clock");
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

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
