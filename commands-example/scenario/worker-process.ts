import { spawn, type ChildProcess } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { styleText } from "node:util";
import { timeOfDay, type Run } from "./timeline.ts";

/** As `npx mandate worker` where the package is installed: here it is run from its sources. */
const program = join(import.meta.dirname, "../../src/cli.ts");
const config = join(import.meta.dirname, "../worker/mandate.config.ts");

/** `mandate worker` in a process of its own, and what it tells of its runs: "begun" and "ended". */
export class WorkerProcess extends EventEmitter<{ begun: [Run]; ended: [Run] }> {
  readonly name: string;
  readonly begun: Run[] = [];
  readonly ended: Run[] = [];
  /** When it took jobs of a dead worker back, at first; in epoch milliseconds. */
  recoveredAt: number | undefined;
  /** The exit code, or the signal that killed it; once all was read that it wrote. */
  readonly exit: Promise<number | string | null>;
  readonly #process: ChildProcess;

  /** @param queues In place of those in its configuration. */
  constructor(name: string, environment: NodeJS.ProcessEnv, queues: readonly string[] = []) {
    super();
    this.name = name;
    const node = [...process.execArgv, program];
    const served = queues.flatMap((queue) => ["-q", queue]);
    this.#process = spawn(
      process.execPath,
      [...node, "worker", "-C", config, "-g", name, ...served],
      {
        env: { ...process.env, ...environment },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    const kill = (): void => this.kill();
    process.once("exit", kill);
    const heard = Promise.all([
      this.#read(this.#process.stdout, (line) => this.#hear(JSON.parse(line) as Run)),
      this.#read(this.#process.stderr, (line) => this.#hearLog(line)),
    ]);
    this.exit = once(this.#process, "close").then(async ([code, signal]) => {
      process.off("exit", kill);
      await heard;
      return (code ?? signal) as number | string | null;
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** The runs that it had begun and did not end. */
  get unended(): readonly Run[] {
    const isEnded = ({ jid, startedAt }: Run): boolean =>
      this.ended.some((run) => run.jid === jid && run.startedAt === startedAt);
    return this.begun.filter((run) => !isEnded(run));
  }

  /** Lets it end what it runs, and waits for that. */
  async stop(): Promise<void> {
    this.#process.kill("SIGTERM");
    await this.exit;
  }

  kill(): void {
    this.#process.kill("SIGKILL");
  }

  async #read(stream: NodeJS.ReadableStream | null, hear: (line: string) => void): Promise<void> {
    if (stream === null) return;
    for await (const line of createInterface({ input: stream })) hear(line);
  }

  #hear(run: Run): void {
    const event = run.ended === undefined ? "begun" : "ended";
    this[event].push(run);
    this.emit(event, run);
  }

  /** Its log, an object in each line. What is none was not written by it, but by Node. */
  #hearLog(line: string): void {
    const { msg, recovered, level }: { msg: string; recovered?: number; level: string } =
      line.startsWith("{") ? JSON.parse(line) : { msg: line, level: "error" };
    if (recovered !== undefined) this.recoveredAt ??= Date.now();
    if (recovered !== undefined || level === "error") {
      console.log(`${timeOfDay(Date.now())}  ${styleText("yellow", `${this.name}: ${msg}`)}`);
    }
  }
}
