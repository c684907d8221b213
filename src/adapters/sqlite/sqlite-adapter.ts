import { randomBytes } from "node:crypto";
import type {
  Adapter,
  Capabilities,
  Entry,
  Lease,
  LeaseOptions,
  Promotion,
  Recovery,
} from "../adapter.ts";
import type { Batches, BatchHappening } from "../batches.ts";
import { assertGiven, type Documents, type DocumentWrite } from "../documents.ts";
import type { EnqueueAnswer } from "../enqueue-answer.ts";
import { assertEntries } from "../entries.ts";
import type { Holds } from "../holds.ts";
import type { JobNotes } from "../job-notes.ts";
import type { TimeUnit } from "../job-record.ts";
import type { JobStatus, JobStore } from "../job-store.ts";
import { StoreSettings, type StoreOptions } from "../store-settings.ts";
import { Engine } from "./engine.ts";
import { checkOptions, type SqliteOptions } from "./sqlite-options.ts";

/**
 * Keeps jobs in a file that several processes of one machine share: nothing to install on Node
 * 22.13 or newer, and jobs outlive every process.
 *
 * A process that defers wakes the workers of others. Where Node has no `node:sqlite`, the package
 * better-sqlite3 (12) is used, which has to be installed.
 *
 * @example
 * ```ts
 * import { configure } from "mandate";
 * import { SqliteAdapter } from "mandate/sqlite";
 *
 * configure({ adapter: new SqliteAdapter({ file: "jobs.db" }) });
 * ```
 */
export class SqliteAdapter implements Adapter {
  readonly name = "sqlite";
  readonly capabilities: Capabilities = {
    persistent: true,
    priorities: true,
    fairness: true,
    holds: true,
    documents: true,
    batches: true,
  };
  readonly store: JobStore;
  readonly notes: JobNotes;
  readonly holds: Holds;
  readonly documents: Documents;
  readonly batches: Batches;
  readonly #settings: StoreSettings;
  readonly #engine: Engine;

  /**
   * The file is opened with the first thing that is asked.
   *
   * @throws {TypeError} if there is an option it does not know, or no file.
   * @throws {ConfigurationError} if an option has a value that it does not take.
   */
  constructor(options: SqliteOptions) {
    const checked = checkOptions(options);
    const { timestamps, deadMaxJobs, deadTimeout } = options;
    this.#settings = new StoreSettings("SqliteAdapter", { timestamps, deadMaxJobs, deadTimeout });
    this.#engine = new Engine(checked, this.#settings, randomBytes(8).toString("hex"));
    this.store = this.#engine.store;
    this.notes = this.#engine.notes;
    this.holds = this.#engine.holds;
    this.documents = this.#engine.documents;
    this.batches = this.#engine.batches;
  }

  async enqueue(
    entries: readonly Entry[],
    timeout?: number,
    given?: DocumentWrite,
  ): Promise<EnqueueAnswer> {
    assertEntries(entries);
    if (given !== undefined) {
      assertGiven(given, entries);
    }
    return this.#engine.enqueue(entries, { timeout, given });
  }

  async lease(options: LeaseOptions): Promise<Lease> {
    return this.#engine.lease(options);
  }

  async promoteDue(limit = 1_000): Promise<Promotion> {
    return this.#engine.promoteDue(limit);
  }

  async releaseBlocked(onBatch?: (happened: BatchHappening) => void): Promise<number> {
    return this.#engine.releaseBlocked(onBatch);
  }

  async recover(): Promise<readonly Recovery[]> {
    return this.#engine.recover();
  }

  async unfinished(jids: readonly string[]): Promise<readonly string[]> {
    return this.#engine.unfinished(jids);
  }

  async status(jid: string): Promise<JobStatus> {
    return this.#engine.status(jid);
  }

  get timestamps(): TimeUnit {
    return this.#settings.timestamps;
  }

  useDefaults(defaults: StoreOptions): void {
    this.#settings.useDefaults(defaults);
  }

  async close(): Promise<void> {
    await this.#engine.close();
  }
}
