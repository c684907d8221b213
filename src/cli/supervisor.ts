import { settings } from "../job/settings/settings.ts";
import { setLongTimeout } from "../support/clock.ts";
import { Child } from "./child.ts";
import { tellHealth, type Condition } from "./health.ts";
import { configureProgram, logRemarks } from "./prepare.ts";
import type { ProgramOptions } from "./program-options.ts";
import { onLauncherGone } from "./launcher.ts";
import { addUpMetrics, type MetricsPage } from "./metrics.ts";
import { onSignals } from "./signals.ts";
import { ownVersion } from "./version.ts";
import { STOPPING } from "./work.ts";

/** The exit code of a process that ended without having stopped: as a shell's for SIGINT. */
const ENDED_AT_ONCE = 130;

/** Seconds that a child is given to end by itself beyond what it takes at most. */
const SLACK = 2;

/**
 * Keeps so many processes working until it is told to stop. Each runs the same program with the
 * same arguments; one that ends unasked is replaced.
 *
 * The first is started alone: what keeps it from working would keep all from it, and is said once.
 *
 * @returns the exit code: the first child's where it never got to work.
 */
export async function supervise(options: ProgramOptions): Promise<number> {
  configureProgram(options);
  return new Supervisor(options).run();
}

class Supervisor {
  readonly #options: ProgramOptions;
  readonly #children: Child[];
  #isQuiet = false;
  #isStopping = false;
  #cancelKill = (): void => undefined;
  #end!: (exitCode: number) => void;
  readonly #ended = new Promise<number>((resolve) => {
    this.#end = resolve;
  });

  constructor(options: ProgramOptions) {
    this.#options = options;
    this.#children = Array.from({ length: options.processes ?? 1 }, (_, index) => {
      const child = new Child(index + 1, {
        onExit: (exitCode) => this.#exited(child, exitCode),
        onReady: () => this.#startOthers(),
      });
      return child;
    });
  }

  async run(): Promise<number> {
    const { health: where, healthTimeout, processes, timeout } = this.#options;
    const { logger } = settings();
    onSignals({
      quiet: () => {
        this.#isQuiet = true;
        this.#signal("SIGTSTP");
      },
      stop: (signal) => this.#stop(`Told to stop by ${signal}`),
      end: () => {
        this.#signal("SIGKILL");
        this.#end(ENDED_AT_ONCE);
      },
      tell: () => this.#signal("SIGTTIN"),
    });
    logger.info(
      { node: process.version, processes, timeout, pid: process.pid },
      `mandate ${ownVersion()}, supervisor`,
    );
    logRemarks(this.#options);
    if (where !== undefined) {
      const condition = (): Condition => this.#condition();
      process.once(
        "exit",
        await tellHealth({
          where,
          timeout: healthTimeout,
          condition,
          metrics: () => this.#metrics(),
        }),
      );
    }
    onLauncherGone(() => this.#stop("What started this supervisor is gone"));
    this.#children[0]?.start();
    return this.#ended;
  }

  #startOthers(): void {
    if (!this.#isStopping && !this.#isQuiet) {
      this.#children.forEach((child) => child.startFirst());
    }
  }

  #exited(child: Child, exitCode: number): void {
    if (this.#isStopping) {
      this.#endIfAlone();
    } else if (!this.#children.some(({ wasReady }) => wasReady)) {
      this.#end(exitCode === 0 ? 1 : exitCode);
    } else if (!this.#isQuiet) {
      child.restart();
    }
  }

  #stop(why: string): void {
    if (this.#isStopping) {
      return;
    }
    this.#isStopping = true;
    settings().logger.info({ processes: this.#children.length }, why);
    this.#children.forEach((child) => child.cancelRestart());
    this.#signal("SIGTERM");
    this.#cancelKill = setLongTimeout(
      () => {
        settings().logger.error({}, "Killing the processes that did not stop in time");
        this.#signal("SIGKILL");
      },
      this.#options.timeout + STOPPING + SLACK,
    );
    this.#endIfAlone();
  }

  #endIfAlone(): void {
    if (this.#children.every(({ isRunning }) => !isRunning)) {
      this.#cancelKill();
      this.#end(this.#children.some(({ wasKilled }) => wasKilled) ? 1 : 0);
    }
  }

  #signal(signal: NodeJS.Signals): void {
    this.#children.forEach((child) => child.signal(signal));
  }

  async #metrics(): Promise<MetricsPage | undefined> {
    const told = await Promise.all(this.#children.map((child) => child.metrics()));
    return addUpMetrics(told.filter((metrics) => metrics !== undefined));
  }

  /** The oldest of all, and whether all are ready. */
  #condition(): Condition {
    return {
      sinceLastFetch: Math.max(...this.#children.map(({ sinceLastFetch }) => sinceLastFetch)),
      isReady: this.#children.every(({ isReady }) => isReady),
    };
  }
}
