import { logSafely, type Logger } from "../support/logger.ts";
import { within } from "./within.ts";

/** What works as long as a worker does, besides its jobs. */
export interface WorkerService {
  /** Begins. What this throws, or rejects with, fails the worker's start. */
  start(): Promise<void> | void;
  /** Ends, and resolves when nothing of the service is under way any more. */
  stop(): Promise<void> | void;
}

export interface ServicesOptions {
  readonly logger: Logger;
  /** Seconds that the end of one may take. */
  readonly patience: () => number;
}

/** Services by name: they start in this order, and stop in reverse. */
export class Services implements WorkerService {
  readonly #services: readonly (readonly [name: string, service: WorkerService])[];
  readonly #options: ServicesOptions;
  /** The latest first. */
  readonly #started: [name: string, service: WorkerService][] = [];
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  constructor(services: Readonly<Record<string, WorkerService>>, options: ServicesOptions) {
    this.#services = Object.entries(services);
    this.#options = options;
  }

  /**
   * Starts one after the other. Where one fails, those before it are stopped, and this rejects with
   * the error.
   */
  start(): Promise<void> {
    return (this.#starting ??= this.#start());
  }

  /**
   * Stops one after the other, each in bounded time. Called again, it returns the same promise.
   * Never rejects.
   */
  stop(): Promise<void> {
    return (this.#stopping ??= this.#stop());
  }

  async #start(): Promise<void> {
    for (const [name, service] of this.#services) {
      if (this.#stopping !== undefined) {
        return;
      }
      try {
        await service.start();
      } catch (error) {
        await this.#stopStarted();
        throw error;
      }
      this.#started.unshift([name, service]);
    }
  }

  async #stop(): Promise<void> {
    await this.#starting?.catch(() => undefined);
    await this.#stopStarted();
  }

  async #stopStarted(): Promise<void> {
    for (const [name, service] of this.#started.splice(0)) {
      const seconds = this.#options.patience();
      if (!(await within(seconds, this.#end(name, service)))) {
        this.#options.logger.warn(
          { service: name },
          `Service "${name}" of the worker did not stop within ${seconds} s, and is not waited for any longer`,
        );
      }
    }
  }

  /** Never rejects. */
  async #end(name: string, service: WorkerService): Promise<void> {
    try {
      await service.stop();
    } catch (error) {
      logSafely(
        this.#options.logger,
        "error",
        { err: error, service: name },
        `Service "${name}" of the worker failed to stop`,
      );
    }
  }
}
