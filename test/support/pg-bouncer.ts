import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chownSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { programOf } from "./programs.ts";
import { freePort } from "./redis-server.ts";
import { servers } from "./servers.ts";

/** As Postgres, it does not run as root. */
const NOBODY = 65_534;
const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

/** A real PgBouncer in transaction mode: a connection is a client's for one transaction. */
export class PgBouncer {
  readonly url: string;
  readonly #directory: string;
  readonly #process: ChildProcess;

  /** @param postgres The URL of what is behind it. @param connections How many it keeps there. */
  static async start(postgres: string, connections: number): Promise<PgBouncer> {
    const directory = await mkdtemp(join(tmpdir(), "mandate-pgbouncer-"));
    const port = await freePort();
    const { hostname, port: behind } = new URL(postgres);
    const file = join(directory, "pgbouncer.ini");
    const settings = [
      "[databases]",
      `postgres = host=${hostname} port=${behind} user=postgres`,
      "[pgbouncer]",
      "listen_addr = 127.0.0.1",
      `listen_port = ${port}`,
      "unix_socket_dir =",
      "auth_type = any",
      "pool_mode = transaction",
      `default_pool_size = ${connections}`,
    ];
    await writeFile(file, settings.join("\n"));
    if (user.uid !== undefined) chownSync(directory, user.uid, user.gid);
    const program = programOf(servers.pgbouncer) ?? "pgbouncer";
    const child = spawn(program, [file], { ...user, cwd: directory, stdio: "ignore" });
    const bouncer = new PgBouncer(`postgres://postgres@127.0.0.1:${port}/postgres`, {
      directory,
      child,
    });
    await bouncer.#answers();
    return bouncer;
  }

  private constructor(
    url: string,
    { directory, child }: { readonly directory: string; readonly child: ChildProcess },
  ) {
    this.url = url;
    this.#directory = directory;
    this.#process = child;
  }

  async dispose(): Promise<void> {
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGTERM");
    await ended;
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #answers(): Promise<void> {
    for (;;) {
      const client = new Client({ connectionString: this.url });
      try {
        await client.connect();
        await client.query("SELECT 1");
        return await client.end();
      } catch (error) {
        if (this.#process.exitCode !== null) {
          throw new Error(`pgbouncer ended with code ${this.#process.exitCode}`, { cause: error });
        }
        await sleep(20);
      }
    }
  }
}
