import type { Adapter } from "../adapters/adapter.ts";
import { logSafely, type Logger } from "../support/logger.ts";
import { shared } from "../support/shared-state.ts";
import type { Outage } from "./outage.ts";
import { Services, type ServicesOptions, type WorkerService } from "./services.ts";

/** What a feature's service has to work with. */
export interface ServiceEnvironment {
  readonly adapter: Adapter;
  readonly logger: Logger;
  /** Is to hear of the store's absence, so that it is logged once, and tells how long to wait. */
  readonly outage: Outage;
}

/** Makes a feature's service for one worker. */
export type MakeService = (environment: ServiceEnvironment) => WorkerService;

const registry = shared("worker-services", () => ({
  makers: new Map<string, MakeService>(),
  running: new Set<WorkingServices>(),
}));

/**
 * Has every worker of this process start a service, also those that run already. It starts after
 * the listeners of `startup` and before the first job is fetched, and stops as soon as the worker
 * is quiet.
 *
 * @param name Of several by one name, as where the package was loaded twice, the first counts.
 * @public
 */
export function registerService(name: string, make: MakeService): void {
  if (registry.makers.has(name)) {
    return;
  }
  registry.makers.set(name, make);
  registry.running.forEach((services) => services.add(name, make));
}

/**
 * What moves jobs on by itself, from `startup` until the worker is quiet: the worker's own
 * services, then those that features registered, of which none is imported here.
 */
export class WorkingServices implements WorkerService {
  readonly #own: Readonly<Record<string, WorkerService>>;
  readonly #environment: ServiceEnvironment;
  readonly #options: ServicesOptions;
  /** The first, and one for each that was registered later. */
  readonly #started: Services[] = [];
  #stopping: Promise<void> | undefined;

  constructor(
    own: Readonly<Record<string, WorkerService>>,
    environment: ServiceEnvironment,
    options: ServicesOptions,
  ) {
    this.#own = own;
    this.#environment = environment;
    this.#options = options;
  }

  async start(): Promise<void> {
    registry.running.add(this);
    await this.#start(this.#own, registry.makers);
  }

  /** Starts one that was registered meanwhile. That it cannot is no reason to end the worker. */
  add(name: string, make: MakeService): void {
    void this.#start({}, new Map([[name, make]])).catch((error: unknown) =>
      logSafely(
        this.#options.logger,
        "error",
        { err: error, service: name },
        `Service "${name}" of the worker failed to start`,
      ),
    );
  }

  /** Called again, it returns the same promise. Never rejects. */
  stop(): Promise<void> {
    return (this.#stopping ??= this.#stop());
  }

  async #start(
    own: Readonly<Record<string, WorkerService>>,
    makers: ReadonlyMap<string, MakeService>,
  ): Promise<void> {
    const made = [...makers].map(([name, make]) => [name, make(this.#environment)] as const);
    const services = new Services({ ...own, ...Object.fromEntries(made) }, this.#options);
    this.#started.push(services);
    await services.start();
  }

  async #stop(): Promise<void> {
    registry.running.delete(this);
    for (const services of this.#started.toReversed()) {
      await services.stop();
    }
  }
}
