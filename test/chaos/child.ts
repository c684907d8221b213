import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";

export interface ChildOptions {
  /** The bundled worker. */
  readonly program: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** A worker in a process of its own, loaded ahead. */
export class Child {
  readonly #process: ChildProcess;
  readonly #loaded: Promise<unknown>;
  readonly #ledger: string;
  #output = "";

  constructor({ program, environment }: ChildOptions) {
    this.#ledger = environment["LEDGER"] ?? "";
    this.#process = spawn(process.execPath, [program], {
      env: { PATH: process.env["PATH"], ...environment },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.#loaded = Promise.race([once(this.#process, "message"), once(this.#process, "exit")]);
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on("data", (text: Buffer) => {
        this.#output += text.toString();
      });
    }
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** The file in which it notes what it does. */
  get ledger(): string {
    return this.#ledger;
  }

  get output(): string {
    return this.#output;
  }

  /** Lets it work, once it is loaded. */
  async start(): Promise<void> {
    await this.#loaded;
    this.#process.send("start");
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  /** Resolves when it is gone. */
  async end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, "exit");
      this.#process.kill(signal);
      await ended;
    }
  }
}
