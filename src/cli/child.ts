import { fork, type ChildProcess } from "node:child_process";
import { settings } from "../job/settings/settings.ts";
import { clock, setLongTimeout } from "../support/clock.ts";
import type { Condition } from "./health.ts";
import type { MetricsOfProcess } from "./metrics.ts";
import { ASK_FOR_METRICS, PROCESS_VARIABLE, type Told } from "./parent.ts";
import { restartPause } from "./restart-pause.ts";

/** Seconds after which a process that died was no failed start. */
const LONG_LIFE = 60;

/**
 * Seconds for which a process's metrics are waited for: one that is busy is left out of a scrape.
 */
const PATIENCE = 2;

export interface ChildOptions {
  readonly onExit: (exitCode: number) => void;
  readonly onReady: () => void;
}

/** One of a supervisor's processes, and those that take its place. */
export class Child {
  readonly #number: number;
  readonly #options: ChildOptions;
  #process: ChildProcess | undefined;
  #startedAt = -Infinity;
  #lastFetchAt = -Infinity;
  #shortLives = 0;
  #isReady = false;
  #wasReady = false;
  #wasKilled = false;
  #cancelRestart: (() => void) | undefined;
  #askers: ((metrics: MetricsOfProcess | undefined) => void)[] = [];

  constructor(number: number, options: ChildOptions) {
    this.#number = number;
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#process !== undefined;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Whether any of its processes ever was. */
  get wasReady(): boolean {
    return this.#wasReady;
  }

  /** Whether it had to be killed by its supervisor. */
  get wasKilled(): boolean {
    return this.#wasKilled;
  }

  /** Seconds, whichever of its processes that was; `Infinity` before the first fetch. */
  get sinceLastFetch(): number {
    return clock.monotonic() - this.#lastFetchAt;
  }

  /** The child's metrics now; `undefined` if there are none, or if it does not answer in time. */
  metrics(): Promise<MetricsOfProcess | undefined> {
    const child = this.#process;
    if (child?.connected !== true) {
      return Promise.resolve(undefined);
    }
    return new Promise((resolve) => {
      this.#askers.push(resolve);
      setLongTimeout(() => resolve(undefined), PATIENCE, { unref: true });
      child.send(ASK_FOR_METRICS, () => undefined);
    });
  }

  start(): void {
    this.#startedAt = clock.monotonic();
    const [, program = "", ...argv] = process.argv;
    const child = fork(program, argv, {
      env: { ...process.env, [PROCESS_VARIABLE]: String(this.#number) },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      serialization: "advanced",
    });
    this.#process = child;
    child.on("message", (message: Condition | Told) => {
      if ("metrics" in message) {
        this.#askers.splice(0).forEach((resolve) => resolve(message.metrics));
      } else {
        this.#hear(message);
      }
    });
    child.once("error", (error) => this.#exited(child, error.message, 1));
    child.once("exit", (code, signal) => {
      this.#exited(child, signal ?? `exit code ${code}`, code ?? 1);
    });
  }

  /** Starts it unless that was done before. */
  startFirst(): void {
    if (this.#startedAt === -Infinity) {
      this.start();
    }
  }

  /** Starts another: soon, or the later the more often processes died young. */
  restart(): void {
    const pause = restartPause(this.#shortLives);
    settings().logger.info(
      { process: this.#number, pause },
      `Starting another process ${this.#number} in ${pause} s`,
    );
    this.#cancelRestart = setLongTimeout(() => this.start(), pause);
  }

  cancelRestart(): void {
    this.#cancelRestart?.();
  }

  signal(signal: NodeJS.Signals): void {
    this.#wasKilled ||= this.isRunning && signal === "SIGKILL";
    this.#process?.kill(signal);
  }

  #hear({ sinceLastFetch, isReady }: Condition): void {
    this.#lastFetchAt = Math.max(this.#lastFetchAt, clock.monotonic() - sinceLastFetch);
    this.#isReady = isReady;
    if (isReady && !this.#wasReady) {
      this.#wasReady = true;
      this.#options.onReady();
    }
  }

  #exited(child: ChildProcess, how: string, exitCode: number): void {
    if (this.#process !== child) {
      return;
    }
    const { pid } = child;
    const lived = clock.monotonic() - this.#startedAt;
    this.#process = undefined;
    this.#isReady = false;
    this.#shortLives = lived < LONG_LIFE ? this.#shortLives + 1 : 0;
    settings().logger[exitCode === 0 ? "info" : "warn"](
      { process: this.#number, pid, how },
      `Process ${this.#number} (pid ${pid}) ended (${how})`,
    );
    this.#options.onExit(exitCode);
  }
}
