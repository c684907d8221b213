import { settings } from "../job/settings/settings.ts";
import { newJid } from "../support/jid.ts";
import { shared } from "../support/shared-state.ts";
import type { WorkerService } from "../worker/services.ts";
import { registerService, type ServiceEnvironment } from "../worker/working-services.ts";
import type { Definition } from "./definition.ts";
import { documentsOf } from "./documents-of.ts";
import { InvalidRecurringJobError } from "./recurring-errors.ts";
import { RecurringScheduler } from "./scheduler/recurring-scheduler.ts";

/**
 * What defines recurring jobs in this process: asked when a worker starts, once all classes are
 * there.
 */
type Source = () => readonly Definition[];

const sources = shared("recurring-sources", () => new Map<string, Source>());

/** @param name Of several by one name the latest counts. */
export function addSource(name: string, source: Source): void {
  sources.set(name, source);
}

/**
 * All that code and files define in this process.
 *
 * @throws {InvalidRecurringJobError} if two have one key.
 */
export function definedHere(): readonly Definition[] {
  const definitions = new Map<string, Definition>();
  for (const definition of [...sources.values()].flatMap((source) => source())) {
    const { key } = definition;
    if (definitions.has(key)) {
      throw new InvalidRecurringJobError(
        key,
        "there are two of that key. Give one of them another, by the option key",
      );
    }
    definitions.set(key, definition);
  }
  return [...definitions.values()];
}

/** Enqueues recurring jobs as long as a worker works. */
class RecurringService implements WorkerService {
  readonly #environment: ServiceEnvironment;
  #scheduler: RecurringScheduler | undefined;

  constructor(environment: ServiceEnvironment) {
    this.#environment = environment;
  }

  /** @throws {ConfigurationError} if there are recurring jobs, and the store cannot keep any. */
  start(): void {
    const { adapter, logger } = this.#environment;
    const definitions = definedHere();
    if (definitions.length === 0 && adapter.documents === undefined) {
      return;
    }
    this.#scheduler = new RecurringScheduler({
      adapter,
      documents: documentsOf(adapter),
      logger,
      definitions,
      worker: newJid(),
      timeout: settings().enqueueTimeout,
    });
    this.#scheduler.start();
  }

  async stop(): Promise<void> {
    await this.#scheduler?.stop();
  }
}

registerService("recurring", (environment) => new RecurringService(environment));
