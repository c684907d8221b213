import type { Adapter } from "../../adapters/adapter.ts";
import { settings } from "../../job/settings/settings.ts";
import { limitsOfQueues, type QueueLimitStats } from "../lists/queue-limits.ts";
import { queue } from "../lists/queue.ts";

/** A queue at one moment. */
export interface QueueStats {
  /** The queue's name, without a prefix. */
  readonly name: string;
  /** How many jobs wait in it, those over a limit included. */
  readonly size: number;
  /** How many of these are over a limit of their class. */
  readonly blocked: number;
  /**
   * Seconds for which the next one has waited; 0 if there is none, or if it does not say since
   * when. Those over a limit do not count.
   */
  readonly latency: number;
  /** Whether workers are kept from fetching from it. */
  readonly paused: boolean;
  /** The limit of the queue itself; `undefined` where it has none. */
  readonly limit: QueueLimitStats | undefined;
}

/**
 * How much waits in each queue, and for how long: of every queue that had a job since it was last
 * cleared, or is paused, or limited, sorted by name.
 *
 * @param adapter @default the one of `configure`
 */
export async function queueStats(
  adapter: Adapter = settings().adapter,
): Promise<readonly QueueStats[]> {
  const { store } = adapter;
  const [known, paused, limits] = await Promise.all([
    store.queueNames(),
    store.pausedQueues(),
    limitsOfQueues(adapter),
  ]);
  const names = [...new Set([...known, ...paused, ...limits.keys()])].toSorted();
  return Promise.all(
    names.map(async (name) => {
      const each = queue(name, adapter);
      const [size, blocked, latency] = await Promise.all([
        each.size(),
        adapter.capabilities.holds ? each.limited().size() : 0,
        each.latency(),
      ]);
      const [isPaused, limit] = [paused.includes(name), limits.get(name)];
      return { name, size, blocked, latency, paused: isPaused, limit };
    }),
  );
}
