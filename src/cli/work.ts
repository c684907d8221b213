import type { PrometheusMetrics } from "../instrumentation/prometheus/start-prometheus.ts";
import { settings } from "../job/settings/settings.ts";
import { Worker } from "../worker/worker.ts";
import { tellHealth, type Condition } from "./health.ts";
import { onLauncherGone } from "./launcher.ts";
import { collectMetrics, type MetricsPage } from "./metrics.ts";
import { findParent } from "./parent.ts";
import { configureProgram, logBanner, logRemarks, prepareStore } from "./prepare.ts";
import type { ProgramOptions } from "./program-options.ts";
import { checkRecurring, loadRecurring } from "./load-recurring.ts";
import { onSignals } from "./signals.ts";

/** The exit code of a process that ended without having stopped: as a shell's for SIGINT. */
const ENDED_AT_ONCE = 130;

/**
 * Seconds that a worker may take to stop beyond its timeout: last words, last answers, and some.
 */
export const STOPPING = 8;

/**
 * Works in this process until it is told to stop.
 *
 * @returns the exit code.
 * @throws {MandateError} if it cannot be started.
 */
export async function work(options: ProgramOptions): Promise<number> {
  configureProgram(options);
  return new WorkerProcess(options).run();
}

class WorkerProcess {
  readonly #options: ProgramOptions;
  /** The main worker, and one for each capsule. */
  readonly #workers: readonly Worker[];
  #isStarted = false;
  #isQuiet = false;
  #isStopping = false;
  #metrics: PrometheusMetrics | undefined;
  #end!: (exitCode: number) => void;
  readonly #ended = new Promise<number>((resolve) => {
    this.#end = resolve;
  });

  constructor(options: ProgramOptions) {
    const { timeout: shutdownTimeout, leaseTtl, blockedAfter, capsules } = options;
    const { tag, onUnknownJob, errorHandlers, deathHandlers } = options;
    const handlers = { errorHandlers, deathHandlers };
    const lease = leaseTtl === undefined ? {} : { leaseTtl };
    const shared = { shutdownTimeout, blockedAfter, tag, onUnknownJob, ...handlers, ...lease };
    this.#options = options;
    this.#workers = [options, ...capsules].map(
      ({ queues, concurrency }) => new Worker({ ...shared, queues, concurrency }),
    );
  }

  async run(): Promise<number> {
    for (const worker of this.#workers) {
      // What an operator does to one of them, in Sidekiq's Web UI or API, is done to the process.
      worker.on("quiet", () => this.#quiet());
      // One that fails to start ends likewise, and what it throws says why.
      worker.on("shutdown", () => {
        void started
          .then(() => this.#stop("Told to stop by an operator", 0))
          .catch(() => undefined);
      });
    }
    onSignals({
      quiet: () => this.#quiet(),
      stop: (signal) => this.#stop(`Told to stop by ${signal}: ${this.#grace}`, 0),
      end: () => {
        const running = this.#workers.flatMap((worker) => worker.running).length;
        settings().logger.warn(
          { running },
          "Ends at once: others take what runs here when its lease runs out",
        );
        this.#end(ENDED_AT_ONCE);
      },
      tell: () => this.#tell(),
    });
    const started = this.#start();
    // Told to stop, it ends as told, however its start would have gone on.
    const failed = started.then(
      () => this.#ended,
      (error: unknown) => (this.#isStopping ? this.#ended : Promise.reject(error as Error)),
    );
    return Promise.race([this.#ended, failed, this.#uncaught()]);
  }

  async #start(): Promise<void> {
    const { health: where, healthTimeout, timeout } = this.#options;
    const condition = (): Condition => ({
      sinceLastFetch: Math.max(...this.#workers.map(({ sinceLastFetch }) => sinceLastFetch)),
      isReady: this.#isStarted && !this.#isQuiet && !this.#isStopping,
    });
    const parent = findParent(timeout + STOPPING, () =>
      this.#stop(`The supervisor is gone: ${this.#grace}`, 1),
    );
    if (parent === undefined) {
      onLauncherGone(() => this.#stop(`What started this worker is gone: ${this.#grace}`, 0));
    }
    if (where !== undefined && parent === undefined) {
      const metrics = (): Promise<MetricsPage | undefined> => Promise.resolve(this.#metrics);
      process.once("exit", await tellHealth({ where, timeout: healthTimeout, condition, metrics }));
    }
    const store = await prepareStore(this.#options);
    await checkRecurring(this.#options, await loadRecurring(this.#options));
    if (typeof where === "number") {
      this.#metrics = await collectMetrics();
      const { registry } = this.#metrics ?? {};
      if (registry !== undefined) parent?.answer(() => registry.getMetricsAsJSON());
    }
    logBanner(this.#options, parent === undefined ? store : { ...store, process: parent.number });
    if (parent === undefined) {
      logRemarks(this.#options);
    }
    for (const worker of this.#workers) {
      await worker.start();
    }
    this.#isStarted = true;
    parent?.report(condition);
  }

  get #grace(): string {
    return `running jobs have ${this.#options.timeout} s to end`;
  }

  #quiet(): void {
    if (this.#isQuiet || this.#isStopping) {
      // A worker that becomes quiet says so before it knows: asked again it would not end, or say
      // it twice.
      return;
    }
    this.#isQuiet = true;
    this.#workers.forEach((worker) => void worker.quiet());
  }

  #stop(why: string, exitCode: number): void {
    if (!this.#isStopping) {
      this.#isStopping = true;
      settings().logger.info({ timeout: this.#options.timeout }, why);
      const stopped = Promise.all(this.#workers.map((worker) => worker.stop()));
      void stopped.then(() => this.#end(exitCode));
    }
  }

  /** Rejects with what nobody caught, once the jobs are safe that have no part in it. */
  #uncaught(): Promise<never> {
    return new Promise((_resolve, reject) => {
      process.on("uncaughtException", (error) => {
        // Whose error it is can be told here, and not after an await.
        const crashed = Promise.all(this.#workers.map((worker) => worker.crash(error)));
        void crashed.then(() => reject(error));
      });
    });
  }

  #tell(): void {
    const { logger } = settings();
    const running = this.#workers
      .flatMap((worker) => worker.running)
      .toSorted((one, other) => other.seconds - one.seconds);
    logger.info({ running: running.length }, "What runs here, the oldest first");
    for (const { jid, name, queue, seconds } of running) {
      logger.info({ jid, name, queue, seconds }, `Runs ${name} for ${seconds.toFixed(1)} s`);
    }
  }
}
