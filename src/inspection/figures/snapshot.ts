import type { Adapter } from "../../adapters/adapter.ts";
import type { WaitingSet, WorkerState } from "../../adapters/job-store.ts";
import { settings } from "../../job/settings/settings.ts";
import type { RunningEntry } from "../entries/running-entry.ts";
import { heldJobs } from "../lists/held-jobs.ts";
import { queueStats, type QueueStats } from "./queue-stats.ts";
import { limitStats, type LimitStats } from "./limits.ts";
import { processes } from "./stats.ts";

/** What there is of everything at one moment, or nearly: it is read one after the other. */
export interface Snapshot {
  /** The store's time, epoch seconds. */
  readonly at: number;
  /** Runs that ended and that failed, for all time. */
  readonly counters: Counters;
  /** How many jobs wait beside the queues; of those that are blocked, also those over a limit. */
  readonly sizes: Readonly<Record<WaitingSet, number>>;
  /**
   * Every queue that had a job since it was last cleared, or is paused, or limited, sorted by name.
   */
  readonly queues: readonly QueueStats[];
  /** The limits for which jobs wait, the one with the longest line first. */
  readonly limits: readonly LimitStats[];
  /** The worker processes that are alive, Ruby's too. */
  readonly processes: readonly WorkerState[];
  /** What runs, the one that runs longest first. */
  readonly running: readonly RunningEntry[];
  /** Jobs that workers hold and have no free slot for. */
  readonly fetchedAhead: number;
}

interface Counters {
  readonly processed: number;
  readonly failed: number;
}

/** What happens in a second. */
export interface Rates {
  /** Runs that ended. */
  readonly processed: number;
  /** Runs that failed. */
  readonly failed: number;
}

/**
 * How much there is of everything, how long queues wait, and what runs: what a live view shows. It
 * costs a few commands for each queue.
 *
 * @param adapter @default the one of `configure`
 * @throws {AdapterError} if the store does not answer.
 *
 * @example
 * ```ts
 * import { setTimeout as sleep } from "node:timers/promises";
 * import { ratesBetween, snapshot } from "mandate";
 *
 * const before = await snapshot();
 * await sleep(2_000);
 * const now = await snapshot();
 * console.log(ratesBetween(before, now)?.processed, "jobs in a second");
 * ```
 */
export async function snapshot(adapter: Adapter = settings().adapter): Promise<Snapshot> {
  const { store } = adapter;
  const size = (set: WaitingSet): Promise<number> => store.size({ set });
  const [at, counters, scheduled, retry, blocked, dead, ...lists] = await Promise.all([
    store.now(),
    store.counters(),
    size("scheduled"),
    size("retry"),
    size("blocked"),
    size("dead"),
    queueStats(adapter),
    limitStats(adapter),
    processes(adapter),
    heldJobs(adapter),
  ]);
  const [queues, limits, workers, held] = lists;
  const limited = queues.reduce((sum, each) => sum + each.blocked, 0);
  const jobs = held.filter(({ fetchedAhead }) => !fetchedAhead);
  return {
    at,
    counters,
    sizes: { scheduled, retry, blocked: blocked + limited, dead },
    queues,
    limits,
    processes: workers,
    running: jobs.toSorted((one, other) => Number(one.startedAt) - Number(other.startedAt)),
    fetchedAhead: held.length - jobs.length,
  };
}

/**
 * What happened in a second between two moments, on average.
 *
 * @returns `undefined` if there was no time between them.
 */
export function ratesBetween(
  before: Pick<Snapshot, "at" | "counters">,
  after: Pick<Snapshot, "at" | "counters">,
): Rates | undefined {
  const seconds = after.at - before.at;
  if (seconds <= 0) {
    return undefined;
  }
  const rate = (name: keyof Counters): number =>
    // The counters begin anew where somebody reset them.
    Math.max(0, after.counters[name] - before.counters[name]) / seconds;
  return { processed: rate("processed"), failed: rate("failed") };
}
