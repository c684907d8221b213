import type { Adapter } from "../../adapters/adapter.ts";
import { settings } from "../../job/settings/settings.ts";
import { queue } from "../lists/queue.ts";

/** A queue at one moment. */
export interface QueueStats {
  /** The queue's name, without a prefix. */
  readonly name: string;
  /** How many jobs wait in it. */
  readonly size: number;
  /**
   * Seconds for which the next one has waited; 0 if there is none, or if it does not say since
   * when.
   */
  readonly latency: number;
  /** Whether workers are kept from fetching from it. */
  readonly paused: boolean;
}

/**
 * How much waits in each queue, and for how long: of every queue that had a job since it was last
 * cleared, or is paused, sorted by name.
 *
 * @param adapter @default the one of `configure`
 */
export async function queueStats(
  adapter: Adapter = settings().adapter,
): Promise<readonly QueueStats[]> {
  const { store } = adapter;
  const [known, paused] = await Promise.all([store.queueNames(), store.pausedQueues()]);
  const names = [...new Set([...known, ...paused])].toSorted();
  return Promise.all(
    names.map(async (name) => {
      const each = queue(name, adapter);
      const [size, latency] = await Promise.all([each.size(), each.latency()]);
      return { name, size, latency, paused: paused.includes(name) };
    }),
  );
}
