import { clock as systemClock } from "../../support/clock.ts";
import { consoleLogger, type Logger } from "../../support/logger.ts";
import { didYouMean } from "../../support/nearest.ts";
import type {
  Adapter,
  Capabilities,
  Entry,
  Lease,
  LeaseOptions,
  Promotion,
  Recovery,
} from "../adapter.ts";
import { AdapterError } from "../adapter-error.ts";
import type { Batches, BatchHappening } from "../batches.ts";
import { assertGiven, type Documents, type DocumentWrite } from "../documents.ts";
import type { EnqueueAnswer } from "../enqueue-answer.ts";
import { assertEntries } from "../entries.ts";
import type { Holds } from "../holds.ts";
import type { JobNotes } from "../job-notes.ts";
import type { TimeUnit } from "../job-record.ts";
import type { JobStatus, JobStore } from "../job-store.ts";
import { STORE_OPTIONS, type StoreOptions } from "../store-settings.ts";
import { Leftovers } from "./leftovers.ts";
import { MemoryJobStore } from "./memory-job-store.ts";
import { MemoryLease } from "./memory-lease.ts";
import { MemorySettings } from "./memory-settings.ts";
import { MemoryState } from "./memory-state.ts";

export interface MemoryAdapterOptions extends StoreOptions {
  /**
   * Where it says that jobs wait and no worker runs, or that jobs are lost with the process.
   *
   * @default the console
   */
  readonly logger?: Logger;
  /**
   * Tells the time, for tests that set it.
   *
   * @default the process's clock
   */
  readonly clock?: {
    /** Epoch seconds. */
    now(): number;
  };
}

/**
 * Keeps jobs in this process: nothing to install, and nothing left when the process ends.
 *
 * Workers in the same process fetch from it; several may. It says so when jobs wait and no worker
 * runs, and when the process exits while jobs are left.
 *
 * @example
 * ```ts
 * import { configure, MemoryAdapter } from "mandate";
 *
 * configure({ adapter: new MemoryAdapter() });
 * ```
 */
export class MemoryAdapter implements Adapter {
  readonly name = "memory";
  readonly capabilities: Capabilities = {
    persistent: false,
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
  readonly #state: MemoryState;
  readonly #leftovers: Leftovers;
  #closed = false;

  /** @throws {TypeError} if there is an option it does not know. */
  constructor(options: MemoryAdapterOptions = {}) {
    const { logger = consoleLogger(), clock = systemClock, ...others } = options;
    const { timestamps, deadMaxJobs, deadTimeout, ...unknown } = others;
    assertNone(unknown);
    const settings = new MemorySettings("MemoryAdapter", { timestamps, deadMaxJobs, deadTimeout });
    this.#leftovers = new Leftovers(logger);
    this.#state = new MemoryState({ now: () => clock.now(), leftovers: this.#leftovers, settings });
    this.store = new MemoryJobStore(this.#state);
    this.notes = this.#state.notes;
    this.holds = this.#state.holds;
    this.documents = this.#state.documents;
    this.batches = this.#state.jobs.batches;
  }

  async enqueue(
    entries: readonly Entry[],
    _timeout?: number,
    given?: DocumentWrite,
  ): Promise<EnqueueAnswer> {
    assertEntries(entries);
    if (given !== undefined) {
      assertGiven(given, entries);
    }
    this.#assertOpen("accept jobs");
    return this.#state.enqueue(entries, given);
  }

  async lease(options: LeaseOptions): Promise<Lease> {
    this.#assertOpen("open a lease");
    return new MemoryLease(options, this.#state);
  }

  async promoteDue(limit = 1_000): Promise<Promotion> {
    return this.#state.promoteDue(limit);
  }

  async releaseBlocked(onBatch?: (happened: BatchHappening) => void): Promise<number> {
    return this.#state.releaseBlocked(onBatch);
  }

  async recover(): Promise<readonly Recovery[]> {
    return this.#state.recover();
  }

  async unfinished(jids: readonly string[]): Promise<readonly string[]> {
    return jids.filter((jid) => this.#state.jobs.isUnfinished(jid));
  }

  async status(jid: string): Promise<JobStatus> {
    return this.#state.status(jid);
  }

  get timestamps(): TimeUnit {
    return this.#state.settings.timestamps;
  }

  useDefaults(defaults: StoreOptions): void {
    this.#state.settings.useDefaults(defaults);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#leftovers.close();
  }

  #assertOpen(deed: string): void {
    if (this.#closed) {
      throw new AdapterError(`Cannot ${deed}: this memory adapter is closed. Make a new one`);
    }
  }
}

const NAMES = ["logger", "clock", ...STORE_OPTIONS];

function assertNone(unknown: object): void {
  const [name] = Object.keys(unknown);
  if (name !== undefined) {
    throw new TypeError(
      `Cannot make a MemoryAdapter: there is no option "${name}".${didYouMean(name, NAMES)} Known are ${NAMES.join(", ")}`,
    );
  }
}
