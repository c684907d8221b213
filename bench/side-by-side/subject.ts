import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface, type Interface } from "node:readline";
import { programOf } from "../../test/support/programs.ts";
import { servers } from "../../test/support/servers.ts";

/** What not every subject can do, or be asked for. */
export type Ability =
  | "bulk"
  | "timed"
  | "referring"
  | "store"
  | "latency"
  | "priorities"
  | "limits"
  | "unique"
  | "postgres"
  | "file"
  /** Runs one job at a time. */
  | "alone";

/** What is measured: a module in subjects/, run in a process of its own. */
export interface Subject {
  readonly name: string;
  readonly can: ReadonlySet<Ability>;
  readonly command: (url: string) => readonly string[];
  /** The subject that it is compared with. @default the first */
  readonly beside?: string;
}

/** How long something took in a subject's process. */
export interface Took {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakKb?: number;
}

const folder = new URL("subjects/", import.meta.url);
const runner = new URL("run.mjs", folder).pathname;
const ruby = new URL("sidekiq.rb", folder).pathname;

/** The library itself goes first: ratios are to it. */
export function allSubjects(): Subject[] {
  const javascript = (name: string, can: Subject["can"], beside?: string): Subject => ({
    name,
    can,
    command: () => [process.execPath, runner, name],
    ...(beside === undefined ? {} : { beside }),
  });
  const onPostgres = (name: string, ...can: readonly Ability[]): Subject =>
    javascript(name, new Set([...can, "postgres"]), "mandate-postgres");
  const sidekiq = (name: string, ...more: readonly string[]): Subject => ({
    name,
    can: new Set(["bulk", "store", "latency"]),
    command: (url) => ["ruby", ruby, url, ...more],
  });
  const queue = ["bulk", "timed", "store", "latency"] as const;
  return [
    javascript("mandate", new Set([...queue, "referring", "priorities", "limits", "unique"])),
    javascript("mandate-memory", new Set(["bulk", "latency", "limits", "unique"])),
    javascript("mandate-sqlite", new Set(["bulk", "timed", "latency", "limits", "unique", "file"])),
    ...(hasBetterSqlite()
      ? [javascript("plainjob", new Set(["bulk", "file", "alone"]), "mandate-sqlite")]
      : []),
    javascript("bullmq", new Set([...queue, "priorities", "unique"])),
    javascript("bee-queue", new Set(queue)),
    // Its jobs are in Postgres: only what others have beside it is measured of it.
    ...(programOf(servers.postgres) === undefined
      ? []
      : [
          javascript(
            "mandate-postgres",
            new Set(["bulk", "timed", "latency", "limits", "unique", "postgres"]),
          ),
          onPostgres("pg-boss", "bulk", "unique"),
          ...(isNode(22, 18)
            ? [
                onPostgres("graphile-worker", "bulk", "latency"),
                onPostgres("graphile-worker-unbatched", "bulk", "latency"),
              ]
            : []),
        ]),
    ...(hasRuby("sidekiq") ? [sidekiq("sidekiq")] : []),
    ...(hasRuby("sidekiq", "active_job") ? [sidekiq("sidekiq-active-job", "active_job")] : []),
    javascript("floor", new Set(["bulk", "store"])),
  ];
}

/** It is built for one version of Node. */
function hasBetterSqlite(): boolean {
  try {
    const Database = createRequire(import.meta.url)("better-sqlite3") as new (file: string) => {
      close(): void;
    };
    new Database(":memory:").close();
    return true;
  } catch {
    return false;
  }
}

/** graphile-worker needs that; the others run on what this does. */
function isNode(least: number, minor: number): boolean {
  const [major = 0, own = 0] = process.versions.node.split(".").map(Number);
  return major > least || (major === least && own >= minor);
}

function hasRuby(...libraries: readonly string[]): boolean {
  const requires = libraries.flatMap((library) => ["-r", library]);
  return existsSync(ruby) && spawnSync("ruby", [...requires, "-e", ""]).status === 0;
}

/** A subject's process: asked one thing at a time. */
export class Running {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;

  private constructor(command: readonly string[]) {
    const [program = "", ...args] = command;
    const env = { ...process.env, NODE_ENV: "production" };
    this.#process = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"], env });
    this.#reader = createInterface({ input: this.#process.stdout as NodeJS.ReadableStream });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  /** @param postgres The URL of a Postgres, for whoever keeps jobs there. */
  static async open(subject: Subject, url: string, postgres?: string): Promise<Running> {
    const running = new Running(subject.command(url));
    await running.ask("open", { url, postgres });
    return running;
  }

  async ask<Value = Took>(method: string, options: object = {}): Promise<Value> {
    this.#process.stdin?.write(`${JSON.stringify({ method, options })}\n`);
    const { value: line, done } = await this.#lines.next();
    if (done === true) {
      throw new Error(`${this.#process.spawnargs.join(" ")} ended during ${method}`);
    }
    const { value, error } = JSON.parse(line) as { value: Value; error?: string };
    if (error !== undefined) {
      throw new Error(`${method}: ${error}`);
    }
    return value;
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    const late = setTimeout(() => this.#process.kill("SIGKILL"), 5000);
    await this.ask("close").catch(() => this.#process.kill("SIGKILL"));
    await ended;
    clearTimeout(late);
  }
}
