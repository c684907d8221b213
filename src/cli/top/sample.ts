import type { Adapter } from "../../adapters/adapter.ts";
import type { WaitingSet, WorkerState } from "../../adapters/job-store.ts";
import { heldJobs } from "../../inspection/lists/held-jobs.ts";
import type { RunningEntry } from "../../inspection/entries/running-entry.ts";
import { processes } from "../../inspection/figures/stats.ts";
import { queueStates, type QueueState } from "../operating/queue-states.ts";

/** What there is of everything at one moment, or nearly. */
export interface Sample {
  /** The store's time, epoch seconds. */
  readonly at: number;
  /** Runs that ended and that failed, for all time. */
  readonly counters: Counters;
  readonly sizes: Readonly<Record<WaitingSet, number>>;
  /** Those in which jobs wait, and paused ones, before the empty ones: not all may fit. */
  readonly queues: readonly QueueState[];
  readonly processes: readonly WorkerState[];
  /** The one that runs longest first. */
  readonly running: readonly RunningEntry[];
  /** Jobs that workers hold and have no free slot for. */
  readonly fetchedAhead: number;
}

interface Counters {
  readonly processed: number;
  readonly failed: number;
}

/** Runs in a second. */
export type Rates = Counters;

/** @throws {Error} if the store does not answer. */
export async function takeSample(adapter: Adapter): Promise<Sample> {
  const { store } = adapter;
  const size = (set: WaitingSet): Promise<number> => store.size({ set });
  const [at, counters, scheduled, retry, blocked, dead, ...lists] = await Promise.all([
    store.now(),
    store.counters(),
    size("scheduled"),
    size("retry"),
    size("blocked"),
    size("dead"),
    queuesByNeed(adapter),
    processes(adapter),
    heldJobs(adapter),
  ]);
  const [queues, workers, held] = lists;
  const jobs = held.filter(({ fetchedAhead }) => !fetchedAhead);
  return {
    at,
    counters,
    sizes: { scheduled, retry, blocked, dead },
    queues,
    processes: workers,
    running: jobs.toSorted((one, other) => Number(one.startedAt) - Number(other.startedAt)),
    fetchedAhead: held.length - jobs.length,
  };
}

/** All queues, as a sample has them. */
export async function queuesByNeed(adapter: Adapter): Promise<readonly QueueState[]> {
  const isIdle = ({ size, paused }: QueueState): number => Number(size === 0 && !paused);
  return (await queueStates(adapter)).toSorted((one, other) => isIdle(one) - isIdle(other));
}

/** What happened in a second between two moments; `undefined` if there was no time between them. */
export function ratesBetween(before: Sample, after: Sample): Rates | undefined {
  const seconds = after.at - before.at;
  if (seconds <= 0) {
    return undefined;
  }
  const rate = (name: keyof Counters): number =>
    // The counters begin anew where somebody reset them.
    Math.max(0, after.counters[name] - before.counters[name]) / seconds;
  return { processed: rate("processed"), failed: rate("failed") };
}
