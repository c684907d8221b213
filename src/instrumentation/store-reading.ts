import type { Adapter } from "../adapters/adapter.ts";
import type { WaitingSet } from "../adapters/job-store.ts";
import { queues } from "../inspection/lists/queue.ts";
import { processes } from "../inspection/figures/stats.ts";

/** What waits in a store, and who works on it. */
export interface StoreReading {
  /**
   * Jobs in each queue but those over a limit, and for how many seconds the next one has waited.
   */
  readonly queues: readonly {
    readonly name: string;
    readonly size: number;
    readonly latency: number;
  }[];
  /** Jobs in each set; of those that are blocked, also those over a limit. */
  readonly sets: Readonly<Record<WaitingSet, number>>;
  /**
   * Seconds for which the first job of a set has been due and was not moved to its queue; 0 if none
   * is late.
   */
  readonly lateness: Readonly<Record<"scheduled" | "retry", number>>;
  /** Ruby's too. */
  readonly processes: number;
  /** Jobs that run, in all processes. */
  readonly busy: number;
  /** Jobs that they hold and have no free slot for. */
  readonly fetchedAhead: number;
}

/**
 * Reads a store, in a few commands for each queue.
 *
 * @param maxQueues Of more queues, the first by name are read.
 */
export async function readStore(adapter: Adapter, maxQueues: number): Promise<StoreReading> {
  const { store } = adapter;
  const size = (set: WaitingSet): Promise<number> => store.size({ set });
  const workers = await processes(adapter);
  const { holds } = adapter.capabilities;
  const read = (await queues(adapter)).slice(0, maxQueues).map(async (queue) => {
    const limited = holds ? await queue.limited().size() : 0;
    const [size, latency] = [(await queue.size()) - limited, await queue.latency()];
    return { name: queue.name, size: Math.max(0, size), latency, limited };
  });
  const found = await Promise.all(read);
  return {
    queues: found.map(({ name, size, latency }) => ({ name, size, latency })),
    sets: {
      scheduled: await size("scheduled"),
      retry: await size("retry"),
      dead: await size("dead"),
      blocked: found.reduce((sum, { limited }) => sum + limited, await size("blocked")),
    },
    lateness: {
      scheduled: await latenessOf(adapter, "scheduled"),
      retry: await latenessOf(adapter, "retry"),
    },
    processes: workers.length,
    busy: workers.reduce((sum, { busy }) => sum + busy, 0),
    fetchedAhead: workers.reduce((sum, { fetchedAhead = 0 }) => sum + fetchedAhead, 0),
  };
}

async function latenessOf({ store }: Adapter, set: "scheduled" | "retry"): Promise<number> {
  const [{ jobs }, now] = await Promise.all([store.page({ set }, undefined, 1), store.now()]);
  return Math.max(0, now - (jobs[0]?.at ?? now));
}
