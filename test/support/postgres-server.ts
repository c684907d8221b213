import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chownSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { programOf } from "./programs.ts";
import { freePort } from "./redis-server.ts";
import { servers } from "./servers.ts";

/** Postgres does not run as root: where tests do, it runs as "nobody". */
const NOBODY = 65_534;
const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

/** A real Postgres on a free port, with a directory of its own, to which anybody may connect. */
export class PostgresServer {
  readonly url: string;
  readonly #directory: string;
  readonly #run: () => ChildProcess;
  #process: ChildProcess;

  /** @param settings As in postgresql.conf: `{ deadlock_timeout: "20ms" }`. */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
    const program = programOf(servers.postgres) ?? "postgres";
    const directory = await mkdtemp(join(tmpdir(), "mandate-postgres-"));
    if (user.uid !== undefined) chownSync(directory, user.uid, user.gid);
    const options = { ...user, cwd: directory, stdio: "ignore" } as const;
    const initial = ["-D", directory, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"];
    execFileSync(join(dirname(program), "initdb"), initial, options);
    const port = await freePort();
    const all = { listen_addresses: "127.0.0.1", fsync: "off", ...settings };
    const set = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const fixed = ["-D", directory, "-p", String(port), "-k", directory];
    const run = (): ChildProcess => spawn(program, [...fixed, ...set], options);
    const server = new PostgresServer(port, directory, run);
    await server.#answers();
    return server;
  }

  private constructor(port: number, directory: string, run: () => ChildProcess) {
    this.url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    this.#directory = directory;
    this.#run = run;
    this.#process = run();
  }

  /** Of the process of which all its others are children. */
  get pid(): number {
    return this.#process.pid ?? NaN;
  }

  /**
   * Ends it, and starts it again with what it has on its disk.
   *
   * @param signal "SIGKILL" ends it as a power cut does, "SIGINT" with a checkpoint.
   */
  async restart(signal: "SIGKILL" | "SIGINT", awayMs = 0): Promise<void> {
    const ended = once(this.#process, "exit");
    this.#process.kill(signal);
    await ended;
    await sleep(awayMs);
    this.#process = this.#run();
    // One that was killed leaves processes behind, which end by and by: it does not start beside them.
    await this.#answers(50);
  }

  async dispose(): Promise<void> {
    const ended = once(this.#process, "exit");
    // "Immediate shutdown": nobody wants its data.
    this.#process.kill("SIGQUIT");
    await ended;
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** @param tries How often it is started at most, should it end at once. */
  async #answers(tries = 1): Promise<void> {
    let starts = 1;
    for (;;) {
      const client = new Client({ connectionString: this.url });
      try {
        await client.connect();
        return await client.end();
      } catch (error) {
        if (this.#process.exitCode !== null) {
          starts += 1;
          if (starts > tries) {
            throw new Error(`postgres ended with code ${this.#process.exitCode}`, { cause: error });
          }
          await sleep(100);
          this.#process = this.#run();
        }
        await sleep(20);
      }
    }
  }
}
