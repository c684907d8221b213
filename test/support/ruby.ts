import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { run } from "../repository/program.ts";

const programs = fileURLToPath(new URL("../interop/ruby/", import.meta.url));

/** The Ruby programs of test/interop, on one Redis. */
export class Ruby {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #workers = new Set<RubyWorker>();

  /** @param environment Variables for every program. */
  constructor(redisUrl: string, environment: Readonly<Record<string, string>> = {}) {
    this.#environment = { LANG: "C.UTF-8", ...environment, REDIS_URL: `${redisUrl}/0` };
  }

  /**
   * Runs a program to its end.
   *
   * @returns what it printed, from JSON.
   */
  async run(program: string, ...args: readonly string[]): Promise<unknown> {
    const { exit, stdout, stderr } = await run("ruby", [programs + program, ...args], {
      env: this.#environment,
    });
    if (exit !== 0) {
      throw new Error(`${program} ended with ${exit}: ${stderr}${stdout}`);
    }
    // Sidekiq logs its warnings there as well.
    return JSON.parse(stdout.slice(Math.max(0, stdout.search(/^[[{]/m))));
  }

  /** Enqueues cases by their names, as "plain" or "mandate/keywords". @returns the jids of each. */
  async enqueue(...cases: readonly string[]): Promise<Record<string, string[]>> {
    const groups = (await this.run("enqueue.rb", ...cases)) as Record<string, Cases>;
    return Object.fromEntries(
      Object.values(groups)
        .flatMap((group) => Object.entries(group))
        .map(([name, { jid, jids = jid === undefined ? [] : [jid] }]) => [name, jids]),
    );
  }

  /** Starts a Sidekiq server. */
  worker(...args: readonly string[]): RubyWorker {
    const worker = new RubyWorker(["--seconds", "300", ...args], this.#environment);
    this.#workers.add(worker);
    return worker;
  }

  /** Works until the queues are empty. */
  async workOff(queues: string, ...args: readonly string[]): Promise<void> {
    await this.worker("--queues", queues, "--exit-when-idle", ...args).ended();
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#workers].map((worker) => worker.kill("SIGKILL")));
  }
}

/** A Sidekiq server in a process of its own. */
export class RubyWorker {
  readonly #child: ChildProcess;
  #output = "";

  constructor(args: readonly string[], environment: NodeJS.ProcessEnv) {
    this.#child = spawn("ruby", [`${programs}worker.rb`, ...args], {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on("data", (text: Buffer) => (this.#output += text.toString()));
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get output(): string {
    return this.#output;
  }

  /** Resolves when it has ended by itself, or as it was told. */
  async ended(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await once(this.#child, "exit");
    }
    if (this.#child.exitCode !== 0) {
      throw new Error(`worker.rb ended with ${this.#child.exitCode}: ${this.#output}`);
    }
  }

  /** Resolves when it is gone. */
  async kill(signal: "SIGKILL" | "SIGTERM" = "SIGTERM"): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, "exit");
      this.#child.kill(signal);
      await ended;
    }
  }
}

interface Cases {
  readonly [name: string]: { readonly jid?: string; readonly jids?: string[] };
}
