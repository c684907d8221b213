import { runJob } from "../job/run/run.ts";
import { settings } from "../job/settings/settings.ts";
import { warnOfUnstable } from "../job/declare/unstable-name.ts";
import { ConfigurationError } from "../support/errors.ts";
import { crash } from "./crash.ts";
import { shownQueues } from "./queue-order.ts";
import { Drain, drainSettings, type DrainOptions } from "./drain.ts";
import { Lifecycle, type WorkerEvent, type WorkerListener } from "./lifecycle.ts";
import { buildParts, type Parts } from "./parts.ts";
import type { RunningNow } from "./running-now.ts";
import { shutDown } from "./shutdown.ts";
import { workerSettings, type WorkerOptions, type WorkerSettings } from "./worker-options.ts";

/** What tests of the worker itself put in place of the real thing. */
export interface WorkerInternals {
  readonly run?: typeof runJob;
}

/**
 * Fetches jobs and runs them, in the process it is made in.
 *
 * Between `start()` and `stop()` it keeps the process alive; after `stop()` nothing of it is left,
 * and a process that has nothing else to do ends. A worker is started once: to work again, make
 * another.
 *
 * @example
 * ```ts
 * import { Worker } from "mandate/worker";
 *
 * const worker = new Worker({ queues: ["critical", "default"], concurrency: 20 });
 * worker.on("shutdown", () => console.log("all jobs have ended"));
 * await worker.start();
 * process.once("SIGTERM", () => void worker.stop());
 * ```
 */
export class Worker implements AsyncDisposable {
  readonly #settings: WorkerSettings;
  readonly #run: typeof runJob;
  readonly #lifecycle: Lifecycle;
  #parts: Parts | undefined;
  #opening: Promise<void> | undefined;
  #starting: Promise<void> | undefined;
  #quieting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #crashing: Promise<void> | undefined;

  /**
   * @throws {UnknownOptionError} if there is no such option.
   * @throws {ConfigurationError} if an option cannot be used.
   */
  constructor(options?: WorkerOptions);
  /** @internal */
  constructor(options: WorkerOptions, internals: WorkerInternals);
  constructor(options: WorkerOptions = {}, { run = runJob }: WorkerInternals = {}) {
    this.#settings = workerSettings(options);
    this.#run = run;
    this.#lifecycle = new Lifecycle(() => this.#settings.logger ?? settings().logger);
  }

  /**
   * Seconds since the store last answered when it was asked for jobs; `Infinity` before the first
   * time.
   *
   * A worker that is idle, quiet or full asks every 10 seconds all the same. So this tells one that
   * works, or could, from one that only seems to: for health checks.
   */
  get sinceLastFetch(): number {
    return this.#parts?.fetcher.sinceExchange ?? Infinity;
  }

  /** The jobs that run now, the oldest first. */
  get running(): readonly RunningNow[] {
    return this.#parts?.slots.running ?? [];
  }

  /** Calls `listener` at each such moment; the same listener once, however often it was added. */
  on(event: WorkerEvent, listener: WorkerListener): this {
    this.#lifecycle.on(event, listener);
    return this;
  }

  /** Takes back `on`. */
  off(event: WorkerEvent, listener: WorkerListener): this {
    this.#lifecycle.off(event, listener);
    return this;
  }

  /**
   * Starts to work, and resolves when jobs are being fetched. Again called, it does nothing.
   *
   * @throws {AdapterError} if the store does not answer; it may be called again then. Once started,
   *   a worker outlives that by itself.
   * @throws {ConfigurationError} if the worker was stopped.
   */
  async start(): Promise<void> {
    if (this.#stopping !== undefined) {
      throw new ConfigurationError(
        "Cannot start this worker: it was stopped. Make a new Worker with the same options",
      );
    }
    this.#starting ??= this.#start();
    await this.#starting;
  }

  /**
   * Fetches no more jobs. Those that run go on; those that were fetched and not started are given
   * back, and the promise resolves once the store has them.
   */
  quiet(): Promise<void> {
    return (this.#quieting ??= this.#quiet());
  }

  /**
   * Ends the worker. Called again, it returns the same promise, which never rejects.
   *
   * It fetches no more and waits for running jobs, for `shutdownTimeout` at most. Then it aborts
   * their signals and waits for another second: how a job ends in it counts, but an error is no
   * failure. What runs even then is given back, without an attempt spent, and how it ends is
   * ignored.
   */
  stop(): Promise<void> {
    return (this.#stopping ??= this.#stop());
  }

  /**
   * Ends the worker because its process has to end: for listeners of `uncaughtException`, where it
   * is called before anything is awaited. What surrounds that call tells whose error it is. That
   * job fails with it, as if it had thrown it by itself; the others are given back, without an
   * attempt spent. Where nothing tells, the jobs that run are left to the lease, and named in the
   * log. The process is to end when the promise resolves, which takes some seconds at most.
   * `mandate worker` does this by itself.
   *
   * @example
   * ```ts
   * import { startWorker } from "mandate/worker";
   *
   * const worker = await startWorker();
   * process.once("uncaughtException", (error) => {
   *   console.error(error);
   *   void worker.crash(error).then(() => process.exit(1));
   * });
   * ```
   */
  crash(error: unknown): Promise<void> {
    this.#crashing ??= this.#crash(error);
    this.#stopping ??= this.#crashing;
    return this.#crashing;
  }

  /**
   * Works until nothing waits any more, and stops. Starts the worker if that was not done.
   *
   * Nothing waits when its queues (but paused ones) are empty and no job is scheduled, in retry,
   * blocked, or running in any worker. It waits for scheduled jobs however late they are due,
   * unless `dueWithin` says for how long; its log says what it waits for, and until when. It ends
   * early when the worker is stopped meanwhile, or fetches no more.
   *
   * @example
   * ```ts
   * import { Worker } from "mandate/worker";
   *
   * await new Worker().drain({ dueWithin: 0 }); // a script that does what waits, and ends
   * ```
   *
   * @throws {ConfigurationError} if the worker was stopped, or made quiet, before.
   * @throws {AdapterError} if the worker was not started, and the store does not answer.
   */
  async drain(options: DrainOptions = {}): Promise<void> {
    const drained = drainSettings(options);
    if (this.#stopping !== undefined || this.#quieting !== undefined) {
      const why =
        this.#stopping === undefined ? "it is quiet, and fetches no more jobs" : "it was stopped";
      throw new ConfigurationError(
        `Cannot drain this worker: ${why}. Make a new Worker with the same options`,
      );
    }
    await this.start();
    if (this.#parts !== undefined) {
      await new Drain(this.#parts, this.#settings.queues.next(), drained).over();
    }
    await this.stop();
  }

  /** As `stop()`: for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #start(): Promise<void> {
    const parts = buildParts(this.#settings, {
      run: this.#run,
      isQuiet: () => this.#quieting !== undefined,
      onBeat: () => void this.#lifecycle.emit("heartbeat"),
      onSignal: (name) => this.#obey(name),
    });
    try {
      await (this.#opening = parts.leases.open());
    } catch (error) {
      this.#starting = undefined;
      throw error;
    }
    this.#parts = parts;
    warnOfUnstable(parts);
    try {
      await parts.watching.start();
      await this.#lifecycle.emit("startup");
      if (this.#quieting === undefined) {
        await parts.working.start();
      } else {
        parts.stopping.abort();
      }
    } catch (error) {
      this.#parts = undefined;
      this.#starting = undefined;
      await (this.#stopping ?? this.#shutDown(parts));
      throw error;
    }
    if (this.#quieting === undefined) {
      parts.fetcher.start();
      const { concurrency, queues } = this.#settings;
      parts.logger.info({ concurrency, queues: shownQueues(queues.weights) }, "Worker started");
    }
  }

  async #quiet(): Promise<void> {
    if (this.#parts === undefined) {
      // Should it fail, its caller is told, and there is nothing to quieten.
      await this.#opening?.catch(() => undefined);
    }
    if (this.#parts === undefined) {
      return;
    }
    const { working, fetcher, slots, stopping, logger } = this.#parts;
    fetcher.quiet();
    slots.close();
    stopping.abort();
    logger.info({ running: slots.busy }, "Worker is quiet: it fetches no more jobs");
    await Promise.all([working.stop(), fetcher.settled(), this.#lifecycle.emit("quiet")]);
  }

  async #stop(): Promise<void> {
    if (this.#parts === undefined) {
      await this.#opening?.catch(() => undefined);
    }
    void this.quiet();
    if (this.#parts === undefined) {
      return;
    }
    const parts = this.#parts;
    await this.#shutDown(parts);
    parts.logger.info({}, "Worker stopped");
  }

  async #shutDown(parts: Parts): Promise<void> {
    await shutDown({ ...parts, lifecycle: this.#lifecycle }, this.#settings.shutdownTimeout);
    await parts.watching.stop();
  }

  async #crash(error: unknown): Promise<void> {
    if (this.#parts !== undefined) {
      this.#quieting ??= Promise.resolve();
      const { working, watching, stopping } = this.#parts;
      stopping.abort();
      void working.stop();
      await crash(this.#parts, error);
      await watching.stop();
    }
  }

  /** What an operator asked for in Sidekiq's Web UI or API. */
  #obey(signal: "TSTP" | "TERM" | "TTIN"): void {
    this.#parts?.logger.info({ signal }, `An operator sent ${signal}`);
    if (signal === "TTIN") {
      const { running } = this;
      this.#parts?.logger.info({ running }, `Running: ${running.length} jobs`);
    } else {
      void (signal === "TSTP" ? this.quiet() : this.stop());
    }
  }
}

/** Makes a worker and starts it, in the process this is called in. */
export async function startWorker(options?: WorkerOptions): Promise<Worker> {
  const worker = new Worker(options);
  await worker.start();
  return worker;
}
