import type {
  Adapter,
  Capabilities,
  Entry,
  Lease,
  LeaseOptions,
  Promotion,
  Recovery,
} from "./adapter.ts";
import { AdapterError } from "./adapter-error.ts";
import type { Batches, BatchHappening } from "./batches.ts";
import type { Documents, DocumentWrite } from "./documents.ts";
import type { EnqueueAnswer } from "./enqueue-answer.ts";
import type { Holds } from "./holds.ts";
import type { Iterations } from "./iterations.ts";
import type { JobNotes, Listening } from "./job-notes.ts";
import type { TimeUnit } from "./job-record.ts";
import type { JobStatus, JobStore } from "./job-store.ts";
import type { StoreOptions } from "./store-settings.ts";

/**
 * Stands for an adapter that is made with the first thing that is asked of it, because what it
 * consists of has to be loaded. All that it is asked is asked of that adapter.
 */
export class LazyAdapter implements Adapter {
  readonly name: string;
  readonly capabilities: Capabilities;
  readonly store: JobStore;
  readonly notes: JobNotes;
  readonly holds?: Holds;
  readonly documents?: Documents;
  readonly batches?: Batches;
  readonly #open: () => Promise<Adapter>;
  #opened: Promise<Adapter> | undefined;
  /** The same, once it is there. */
  #target: Adapter | undefined;
  #defaults: StoreOptions = {};
  #isClosed = false;

  /**
   * @param face What the adapter says of itself.
   * @param open Makes it. Where that fails, it is called again the next time.
   */
  constructor(
    { name, capabilities }: Pick<Adapter, "name" | "capabilities">,
    open: () => Promise<Adapter>,
  ) {
    this.name = name;
    this.capabilities = capabilities;
    this.#open = open;
    this.store = forward(STORE_METHODS, async () => (await this.#adapter()).store);
    this.notes = {
      ...forward(NOTES_METHODS, async () => (await this.#adapter()).notes),
      iterations: forward(
        ITERATIONS_METHODS,
        async () => (await this.#adapter()).notes.iterations ?? NO_ITERATIONS,
      ),
      readRuns: async (minutes) => (await (await this.#adapter()).notes.readRuns?.(minutes)) ?? [],
      listen: (jid, onEnd) => this.#listen(({ notes }) => notes.listen(jid, onEnd)),
    };
    if (capabilities.holds) {
      this.holds = forward(HOLDS_METHODS, async () => (await this.#adapter()).holds as Holds);
    }
    if (capabilities.batches === true) {
      const batchesOf = (adapter: Adapter): Batches => adapter.batches as Batches;
      this.batches = {
        ...forward(BATCHES_METHODS, async () => batchesOf(await this.#adapter())),
        listen: (id, onComplete) =>
          this.#listen((adapter) => batchesOf(adapter).listen(id, onComplete)),
      };
    }
    if (capabilities.documents) {
      const documentsOf = (adapter: Adapter): Documents => adapter.documents as Documents;
      this.documents = {
        ...forward(DOCUMENTS_METHODS, async () => documentsOf(await this.#adapter())),
        listen: (prefix, onChange) =>
          this.#listen((adapter) => documentsOf(adapter).listen(prefix, onChange)),
      };
    }
  }

  async enqueue(
    entries: readonly Entry[],
    timeout?: number,
    given?: DocumentWrite,
  ): Promise<EnqueueAnswer> {
    return (await this.#adapter()).enqueue(entries, timeout, given);
  }

  async lease(options: LeaseOptions): Promise<Lease> {
    return (await this.#adapter()).lease(options);
  }

  async promoteDue(limit?: number): Promise<Promotion> {
    return (await this.#adapter()).promoteDue(limit);
  }

  async releaseBlocked(onBatch?: (happened: BatchHappening) => void): Promise<number> {
    return (await this.#adapter()).releaseBlocked(onBatch);
  }

  async recover(): Promise<readonly Recovery[]> {
    return (await this.#adapter()).recover();
  }

  async sweep(signal?: AbortSignal): Promise<number> {
    return (await (await this.#adapter()).sweep?.(signal)) ?? 0;
  }

  async unfinished(jids: readonly string[], asker?: string): Promise<readonly string[]> {
    return (await this.#adapter()).unfinished(jids, asker);
  }

  async status(jid: string): Promise<JobStatus> {
    return (await this.#adapter()).status(jid);
  }

  get timestamps(): TimeUnit | undefined {
    return (this.#target ?? this.#defaults).timestamps;
  }

  useDefaults(defaults: StoreOptions): void {
    this.#defaults = defaults;
    this.#target?.useDefaults?.(defaults);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const adapter = await this.#opened?.catch(() => undefined);
    await adapter?.close();
  }

  async #adapter(): Promise<Adapter> {
    if (this.#isClosed && this.#opened === undefined) {
      throw new AdapterError("Cannot use this adapter: it was closed. Make a new one");
    }
    this.#opened ??= this.#openWithDefaults();
    try {
      return await this.#opened;
    } catch (error) {
      this.#opened = undefined;
      throw error;
    }
  }

  async #openWithDefaults(): Promise<Adapter> {
    const adapter = await this.#open();
    adapter.useDefaults?.(this.#defaults);
    this.#target = adapter;
    return adapter;
  }

  #listen(begin: (adapter: Adapter) => Listening): Listening {
    let isStopped = false;
    let listening: Listening | undefined;
    const listen = async (): Promise<void> => {
      const adapter = await this.#adapter();
      if (!isStopped) {
        listening = begin(adapter);
        await listening.ready;
      }
    };
    return {
      ready: listen(),
      stop: () => {
        isStopped = true;
        listening?.stop();
      },
    };
  }
}

/** Each method asks for the target, and calls the target's. */
function forward<Target, Name extends keyof Target>(
  names: readonly Name[],
  target: () => Promise<Target>,
): Pick<Target, Name> {
  const methods = names.map((name) => [
    name,
    async (...args: unknown[]) => {
      const object = await target();
      return (object[name] as (...args: unknown[]) => unknown).apply(object, args);
    },
  ]);
  return Object.fromEntries(methods) as Pick<Target, Name>;
}

const STORE_METHODS = [
  "queueNames",
  "size",
  "page",
  "find",
  "dependents",
  "delete",
  "move",
  "deleteAll",
  "moveAll",
  "rewriteAll",
  "cancel",
  "clear",
  "pause",
  "resume",
  "pausedQueues",
  "counters",
  "countersByDay",
  "workers",
  "foreignProcesses",
  "running",
  "signal",
  "facts",
  "findings",
  "now",
] as const satisfies readonly (keyof JobStore)[];

const NOTES_METHODS = [
  "writeProgress",
  "readProgress",
  "readEnds",
  "writeProfile",
  "readProfiles",
  "readProfile",
] as const satisfies readonly (keyof JobNotes)[];

const ITERATIONS_METHODS = [
  "read",
  "write",
  "delete",
] as const satisfies readonly (keyof Iterations)[];

/** Of a store that Ruby does not share. */
const NO_ITERATIONS: Iterations = {
  read: async () => undefined,
  write: async () => false,
  delete: async () => undefined,
};

const HOLDS_METHODS = [
  "take",
  "giveBack",
  "limit",
  "read",
  "keys",
  "holders",
  "release",
  "inTheWay",
  "wanted",
] as const satisfies readonly (keyof Holds)[];

const DOCUMENTS_METHODS = [
  "read",
  "write",
  "delete",
  "list",
] as const satisfies readonly (keyof Documents)[];

const BATCHES_METHODS = [
  "open",
  "renew",
  "close",
  "cancel",
  "read",
  "list",
  "note",
  "notes",
] as const satisfies readonly (keyof Batches)[];
