import type { Adapter } from "../adapters/adapter.ts";
import type { WorkerState } from "../adapters/job-store.ts";
import { hasStar, isListed } from "../adapters/served-queues.ts";
import type { Logger } from "../support/logger.ts";
import { nearest } from "../support/nearest.ts";
import { Ticker } from "./ticker.ts";

/** Seconds. In the first of them workers of other queues may still be starting. */
const LOOK_EVERY = 60;
/** Queues that are asked for their sizes at a time. */
const MOST_ASKED = 100;

export interface UnservedQueuesOptions {
  readonly adapter: Adapter;
  readonly logger: Logger;
  /** The queues that the worker serves, as it was told; `"*"` for all. */
  readonly listed: readonly string[];
  /** @default 60 seconds */
  readonly every?: number;
}

/**
 * Warns of jobs in queues that no worker serves, ours or Ruby's, as by a misspelt name: once for
 * each.
 */
export class UnservedQueues {
  readonly #options: UnservedQueuesOptions;
  readonly #ticker: Ticker;
  readonly #warned = new Set<string>();

  constructor(options: UnservedQueuesOptions) {
    this.#options = options;
    this.#ticker = new Ticker(options.every ?? LOOK_EVERY, () => this.#look());
  }

  /**
   * Does nothing where the worker serves all, or jobs are in memory, where others may make a worker
   * yet.
   */
  start(): void {
    const { adapter, listed } = this.#options;
    if (adapter.capabilities.persistent && !listed.includes("*")) {
      this.#ticker.start();
    }
  }

  stop(): void {
    this.#ticker.stop();
  }

  /** Never rejects: that the store is away is said elsewhere. */
  async #look(): Promise<void> {
    try {
      await this.#warn();
    } catch {
      // The next look says so again.
    }
  }

  async #warn(): Promise<void> {
    const { adapter, logger, listed } = this.#options;
    const { store } = adapter;
    const isOthers = (name: string): boolean => !isListed(listed, name) && !this.#warned.has(name);
    const names = (await store.queueNames()).filter(isOthers).slice(0, MOST_ASKED);
    if (names.length === 0) {
      return;
    }
    const foreign = (await store.foreignProcesses()).map(({ process }) => process);
    const served = [...(await store.workers()), ...foreign].map(queuesOf);
    for (const name of names.filter((each) => !served.some((queues) => isListed(queues, each)))) {
      const size = await store.size({ queue: name });
      if (size > 0) {
        this.#warned.add(name);
        const meant = nearest(
          name,
          [...new Set(served.flat())].filter((each) => !hasStar(each)),
        );
        logger.warn(
          { queue: name, size },
          `${size === 1 ? "1 job waits" : `${size} jobs wait`} in queue "${name}", which no worker serves. ` +
            (meant === undefined ? "" : `Was "${meant}" meant where they were deferred? `) +
            `Else start a worker with -q ${name}`,
        );
      }
    }
  }
}

function queuesOf({ queues, quiet }: WorkerState): string[] {
  return quiet ? [] : queues.map(([name]) => name);
}
