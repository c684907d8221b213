import type { Adapter } from "../../adapters/adapter.ts";
import type { Documents } from "../../adapters/documents.ts";
import { settings } from "../../job/settings/settings.ts";
import { clock } from "../../support/clock.ts";
import { documentsOf } from "../documents-of.ts";
import { definedHere } from "../service.ts";
import { DefinitionSets, setOf } from "../store/definition-sets.ts";
import { publish } from "../store/publish.ts";
import { readJobs } from "../store/read-jobs.ts";
import { Claims } from "./claims.ts";
import { PlannedJobs } from "./planned-jobs.ts";

const WORKER = "test";

/** Enqueues recurring jobs when it is told to, by this process's clock: for tests. */
export class SteppedScheduler {
  readonly #documents: Documents;
  readonly #sets: DefinitionSets;
  readonly #jobs: PlannedJobs;
  readonly #claims: Claims;

  constructor(adapter: Adapter) {
    const { logger, enqueueTimeout: timeout } = settings();
    this.#documents = documentsOf(adapter);
    this.#sets = new DefinitionSets(this.#documents, WORKER);
    this.#jobs = new PlannedJobs({ living: () => this.#sets.living, logger });
    this.#claims = new Claims(
      { adapter, documents: this.#documents, logger, worker: WORKER, timeout },
      { jobs: this.#jobs, clock },
    );
  }

  /**
   * Finds out what is defined, in code and in the store. @returns when the next is due; epoch
   * seconds.
   */
  async look(): Promise<number> {
    const documents = this.#documents;
    const definitions = definedHere();
    const set = setOf(definitions);
    await this.#sets.renew(set);
    await publish(documents, definitions, { set, sets: this.#sets, now: clock.now() });
    await this.#sets.join(set, clock.now());
    const found = new Set<string>();
    for await (const kept of readJobs(documents)) {
      found.add(kept.key);
      this.#jobs.take(kept);
    }
    this.#jobs.keepOnly(found);
    return this.#jobs.nextDue;
  }

  async claimDue(): Promise<void> {
    await this.#claims.claimDue();
  }
}
