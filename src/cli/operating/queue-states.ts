import type { Adapter } from "../../adapters/adapter.ts";
import { queue, queues } from "../../inspection/lists/queue.ts";

/** A queue at one moment. */
export interface QueueState {
  readonly name: string;
  /** How many jobs wait in it. */
  readonly size: number;
  /** Seconds for which the next one has waited. */
  readonly latency: number;
  readonly paused: boolean;
}

/** Of every queue that had a job or is paused, sorted by name. */
export async function queueStates(adapter: Adapter): Promise<QueueState[]> {
  const pausedQueues = new Set(await adapter.store.pausedQueues());
  const known = (await queues(adapter)).map(({ name }) => name);
  const names = [...new Set([...known, ...pausedQueues])].toSorted();
  return Promise.all(
    names.map(async (name) => {
      const each = queue(name, adapter);
      const [size, latency] = await Promise.all([each.size(), each.latency()]);
      return { name, size, latency, paused: pausedQueues.has(name) };
    }),
  );
}
